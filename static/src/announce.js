// A list that htmx exchanged is announced, and the focus stays with it when what had it is gone.
import { announce } from "./say.js";

function words(region) {
  return region.querySelector(".paging > span, .empty p, caption")?.textContent.trim() ?? "";
}

document.addEventListener("htmx:afterSettle", (event) => {
  const region = event.detail.elt;
  if (!region?.isConnected || region.id === "problem") return;
  announce(words(region));
  if (document.activeElement && document.activeElement !== document.body) return;
  if (!region.matches("a, button, input, select, textarea")) {
    region.tabIndex = -1;
    region.classList.add("is-focused-by-us");
  }
  region.focus({ preventScroll: true });
});
