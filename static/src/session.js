// Before a session ends: a question in a dialog, two minutes ahead. Every answer of the server in any tab begins the time anew.
const KEY = "session-seen";
const AHEAD = 120_000;
const dialog = document.getElementById("stay-signed-in");
const seconds = Number(document.body.dataset.sessionSeconds || 0);

function remember() {
  try {
    localStorage.setItem(KEY, String(Date.now()));
  } catch {
    // without it each tab counts for itself
  }
}

function lastSeen() {
  try {
    return Number(localStorage.getItem(KEY)) || began;
  } catch {
    return began;
  }
}

let began = Date.now();

function seen() {
  began = Date.now();
  remember();
}

function say(ended) {
  for (const part of dialog.querySelectorAll("[data-before]")) part.hidden = ended;
  for (const part of dialog.querySelectorAll("[data-after]")) part.hidden = !ended;
  const link = dialog.querySelector("a[data-sign-in]");
  link.href = `${link.pathname}?onwards=${encodeURIComponent(location.pathname + location.search)}`;
  if (!dialog.open) dialog.showModal();
  (ended ? link : dialog.querySelector("button")).focus();
}

function look() {
  const left = Math.max(began, lastSeen()) + seconds * 1000 - Date.now();
  if (left <= 0) say(true);
  else if (left <= Math.min(AHEAD, (seconds * 1000) / 2)) {
    if (!dialog.open) say(false);
  } else if (dialog.open) dialog.close();
}

async function stay(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(
    () => null,
  );
  if (answer?.ok) seen();
  else if (answer) say(true);
  if (answer?.ok) dialog.close();
}

if (dialog && seconds) {
  seen();
  setInterval(look, Math.min(5000, seconds * 100));
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    stay(event.target);
  });
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && seen());
}
