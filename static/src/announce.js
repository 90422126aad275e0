// A list that htmx exchanged is announced, and the focus stays with it when what had it is gone.
function words(region) {
  const found = region.querySelector(".paging > span, .empty p, caption") ?? region.querySelector("[data-count]");
  return found?.textContent.trim() ?? "";
}

// Only a new text is read aloud, so the place is emptied first.
export function announce(text) {
  const place = document.getElementById("announcement");
  if (!place || !text) return;
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
}

document.addEventListener("htmx:afterSettle", (event) => {
  const region = event.detail.elt;
  if (!region?.isConnected || region.id === "problem") return;
  announce(words(region));
  if (document.activeElement && document.activeElement !== document.body) return;
  if (!region.matches("a, button, input, select, textarea")) region.tabIndex = -1;
  region.focus({ preventScroll: true });
});
