// A paper that takes its time says so: what is being made, since how long, and that it is done. Without this script the form
// is sent as any other and the browser shows what it shows.

const names = (response) =>
  decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") || "")?.[1] || "");

/** The line below the button: a bar that runs, and words. */
function shown(button, label) {
  const place = button.closest(".row-of-buttons") || button;
  const box = place.nextElementSibling?.matches(".print-progress") ? place.nextElementSibling : document.createElement("div");
  box.className = "print-progress";
  box.innerHTML = '<progress></progress> <span role="status"></span>';
  box.firstChild.setAttribute("aria-label", label);
  place.after(box);
  return box;
}

function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** What the try before did wrong is right now. */
function forget(form) {
  for (const said of form.querySelectorAll("[role=alert], .field-error")) said.remove();
  for (const field of form.querySelectorAll("[aria-invalid=true]")) field.setAttribute("aria-invalid", "false");
}

async function print(form, button, said) {
  const box = shown(button, said.print);
  const words = box.querySelector("span");
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  const tell = () => (words.textContent = `${said.print} ${seconds()} s`);
  const clock = setInterval(tell, 100);
  tell();
  button.disabled = true;
  const data = new FormData(form);
  if (button.name) data.append(button.name, button.value);
  let made = false;
  try {
    const answer = await fetch(button.getAttribute("formaction") || form.action, { method: "POST", body: data });
    const name = names(answer);
    made = answer.ok && Boolean(name);
    if (made) {
      save(await answer.blob(), name);
      forget(form);
      words.textContent = `${said.printed} ${name} (${seconds()} s)`;
    }
  } catch {
    made = false;
  }
  clearInterval(clock);
  button.disabled = false;
  box.firstChild.remove();
  if (made) return;
  // what is wrong is said by the page itself: nothing was made, so asking again is safe
  box.remove();
  plain.add(form);
  form.requestSubmit(button);
}

const plain = new WeakSet();

document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  const said = button?.dataset.print === undefined ? form.dataset : button.dataset;
  if (!button || said.print === undefined || event.defaultPrevented || plain.has(form)) return;
  event.preventDefault();
  print(form, button, said);
});
