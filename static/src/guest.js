// The guest's pages: tell that an invitation was opened (a POST, so that link previews open nothing), and send a form once.
for (const form of document.querySelectorAll("form[data-opened]")) {
  const token = form.querySelector("[name=csrf_token]")?.value || "";
  fetch(form.dataset.opened, { method: "POST", body: new URLSearchParams({ csrf_token: token }) }).catch(() => {});
}
