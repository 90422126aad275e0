// A page that came back with a mistake shows it: the summary has the focus, or else the first wrong field; what they lie folded in is open.
import { show } from "./sight.js";

const summary = document.querySelector("main .error-summary");
const wrong = document.querySelector("main [aria-invalid=true]") ?? document.querySelector("main .field-error");
if (wrong) show(wrong);
if (summary) {
  summary.scrollIntoView({ block: "start" });
  summary.focus({ preventScroll: true });
  summary.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
    if (!field) return;
    event.preventDefault();
    show(field);
    field.focus({ preventScroll: true });
  });
} else wrong?.focus({ preventScroll: true });
