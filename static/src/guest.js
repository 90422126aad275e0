// The guest's pages: tell that an invitation was opened (a POST, so that link previews open nothing), and send a form once.
import { asked } from "./asked.js";
import "./typed.js";
import "./wrong.js";

for (const form of document.querySelectorAll("form[data-opened]")) {
  const token = form.querySelector("[name=csrf_token]")?.value || "";
  fetch(form.dataset.opened, { method: "POST", body: new URLSearchParams({ csrf_token: token }) }).catch(() => {});
}

// Questions that depend on another answer or on the guest type show only when they apply.
function refresh() {
  const boxes = [...document.querySelectorAll("[data-question]")];
  const type = document.querySelector("select[name=type_id]")?.value || boxes[0].parentElement.dataset.type || "";
  const questions = boxes.map(({ dataset }) => ({
    id: dataset.question,
    types: dataset.types?.split(","),
    whenId: dataset.when,
    whenValue: dataset.value,
  }));
  const given = (id) => [...document.querySelectorAll(`[name="${id}"]:checked`)].map((input) => input.value);
  const shown = asked(questions, type, given);
  for (const box of boxes) box.hidden = !shown.has(box.dataset.question);
}

// A moving code: the picture of this second, again and again while somebody looks at it.
for (const picture of document.querySelectorAll("img[data-moving]")) {
  const address = picture.src;
  setInterval(
    () => {
      if (document.visibilityState === "visible") picture.src = `${address}?${Date.now()}`;
    },
    1000 * Number(picture.dataset.moving),
  );
}

if (document.querySelector("[data-question]")) {
  document.addEventListener("change", refresh);
  refresh();
}
