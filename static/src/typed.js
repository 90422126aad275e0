// Changing the language of the page keeps what was typed into its form. Passwords and files stay out: the browser's memory of this tab is no place for them.
import { show } from "./sight.js";

const KEY = "typed"; // the next page of this tab: after a form with mistakes that is the one above it, at another address
const WRITTEN = "input[name]:not([type=hidden]):not([type=password]):not([type=file]), select[name], textarea[name]";

function memory() {
  try {
    return sessionStorage;
  } catch {
    return null; // the browser forbids it: then it is typed again
  }
}

function fields() {
  return [...document.querySelectorAll("main form[method=post]")].flatMap((form) => [...form.querySelectorAll(WRITTEN)]);
}

function state(field) {
  return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
}

document.getElementById("languages")?.addEventListener("submit", () => {
  memory()?.setItem(KEY, JSON.stringify(fields().map((field) => [field.name, state(field)])));
});

const kept = JSON.parse(memory()?.getItem(KEY) || "[]");
memory()?.removeItem(KEY);
const today = fields();
// the same fields in the same order, or it is another form by now
if (kept.length === today.length && today.every((field, place) => field.name === kept[place][0])) {
  let first = null;
  for (const [place, field] of today.entries()) {
    const value = kept[place][1];
    if (value === state(field)) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    first ??= field;
  }
  if (first) show(first);
}
