// What was typed survives a change of language and the end of a session, in the memory of this tab.
// Passwords and files stay out: it is no place for them.
import { show } from "./sight.js";

const KEY = "typed"; // the next page of this tab: after a form with mistakes that is the one above it, at another address
const LOST = "unsent"; // what was sent last; it comes back only when the answer was the sign-in page
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

function written() {
  return fields().map((field) => [field.name, state(field)]);
}

// The fields of this page again, if they are the same in the same order; true when something came back.
function restore(kept) {
  const today = fields();
  if (kept.length !== today.length || !today.every((field, place) => field.name === kept[place][0])) return false;
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
  return Boolean(first);
}

function take(key) {
  const kept = JSON.parse(memory()?.getItem(key) || "null");
  memory()?.removeItem(key);
  return kept;
}

// Before this tab goes to the sign-in page: its page, who is signed in, what stands in its forms.
export function keepForSignIn(lost = true) {
  const { user } = document.body.dataset;
  if (user) memory()?.setItem(LOST, JSON.stringify({ user, page: location.pathname + location.search, fields: written(), lost }));
}

document.getElementById("languages")?.addEventListener("submit", () => memory()?.setItem(KEY, JSON.stringify(written())));
restore(take(KEY) ?? []);

const { user } = document.body.dataset;
const unsent = take(LOST);
if (document.querySelector("form[data-sign-in]")) {
  if (unsent) memory()?.setItem(LOST, JSON.stringify({ ...unsent, lost: true }));
} else if (unsent?.lost && unsent.user === user && unsent.page === location.pathname + location.search) restore(unsent.fields);

if (user)
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("main form[method=post]:not([hx-post])")) keepForSignIn(false);
  });
document.addEventListener("click", (event) => {
  if (event.target.closest?.("a[data-sign-in]")) keepForSignIn();
});
