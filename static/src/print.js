// A paper that takes its time says so: what is being made, since how long, and that it is done. Without this script the form
// is sent as any other and the browser shows what it shows.

/** Forms that the page itself answers, because something in them is wrong. */
const plain = new WeakSet();
const nameOf = (response) =>
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
  const line = box.querySelector("span");
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  const tell = () => (line.textContent = `${said.print} ${seconds()} s`);
  const clock = setInterval(tell, 100);
  tell();
  button.disabled = true;
  const data = new FormData(form);
  if (button.name) data.append(button.name, button.value);
  let [words, wrong] = ["", false];
  try {
    const answer = await fetch(button.getAttribute("formaction") || form.action, { method: "POST", body: data });
    const name = nameOf(answer);
    wrong = !answer.ok || !name;
    if (!wrong) {
      save(await answer.blob(), name);
      forget(form);
      words = `${said.printed} ${name} (${seconds()} s)`;
    }
  } catch {
    words = said.printFailed; // it may have been made, and numbered: whoever printed decides whether to ask again
  }
  clearInterval(clock);
  button.disabled = false;
  box.firstChild.remove();
  line.textContent = words;
  if (!wrong) return;
  box.remove(); // refused: nothing was made, and the page says what is wrong beside the field
  plain.add(form);
  form.requestSubmit(button);
}

document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  const said = button?.dataset.print === undefined ? form.dataset : button.dataset;
  if (!button || said.print === undefined || event.defaultPrevented || plain.has(form)) return;
  event.preventDefault();
  print(form, button, said);
});
