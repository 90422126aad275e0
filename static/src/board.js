// The board by stage: a card dragged onto a column opens the milestone that is to be entered, with its evidence. By keyboard its link does the same.
const column = (event) => event.target.closest?.("[data-board] [data-stage]");
let held = null;

document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.("[data-card]") ?? null;
  if (held) event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", (event) => {
  const over = column(event);
  if (!held || !over?.dataset.stage || over.contains(held)) return;
  event.preventDefault();
  for (const other of document.querySelectorAll("[data-board] .is-over")) other.classList.remove("is-over");
  over.classList.add("is-over");
});
document.addEventListener("drop", (event) => {
  const over = column(event);
  if (!held || !over?.dataset.stage) return;
  event.preventDefault();
  location.assign(`${held.dataset.card}?enter=${encodeURIComponent(over.dataset.stage)}#milestones`);
});
document.addEventListener("dragend", () => {
  held = null;
  for (const other of document.querySelectorAll("[data-board] .is-over")) other.classList.remove("is-over");
});
