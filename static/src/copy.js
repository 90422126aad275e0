// Buttons that copy the words of a field: [data-copy] holds the field's id. On a page without HTTPS the clipboard is missing, and the
// older command does it; where both fail the words stay selected.
const LASTS = 2500;

function selected(field) {
  field.focus();
  field.select();
  field.setSelectionRange(0, field.value.length);
}

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    selected(field);
    return document.execCommand("copy");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  const done = await copy(field);
  if (!done) selected(field);
  const said = document.getElementById(`${button.dataset.copy}-copied`);
  said.textContent = done ? button.dataset.copied : button.dataset.failed;
  setTimeout(() => (said.textContent = ""), LASTS);
});
