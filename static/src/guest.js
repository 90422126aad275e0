// The guest's pages: tell that an invitation was opened (a POST, so that link previews open nothing), and send a form once.
import "./typed.js";
import "./wrong.js";

for (const form of document.querySelectorAll("form[data-opened]")) {
  const token = form.querySelector("[name=csrf_token]")?.value || "";
  fetch(form.dataset.opened, { method: "POST", body: new URLSearchParams({ csrf_token: token }) }).catch(() => {});
}

// Questions that depend on another answer or on the guest type show only when they apply.
function asks(box) {
  const type = document.querySelector("select[name=type_id]")?.value;
  if (box.dataset.types && type && !box.dataset.types.split(",").includes(type)) return false;
  if (!box.dataset.when) return true;
  const inputs = [...document.querySelectorAll(`[name="${box.dataset.when}"]`)];
  const given = inputs.filter((input) => input.checked && input.value !== "y").map((input) => input.value);
  const tick = inputs.find((input) => input.value === "y");
  if (tick) given.push(tick.checked ? "是" : "否");
  return given.includes(box.dataset.value);
}

function refresh() {
  for (const box of document.querySelectorAll("[data-question]")) box.hidden = !asks(box);
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
