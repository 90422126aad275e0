// Seats: tap a guest and then a seat, or drag; the server answers with the plan as it stands.
const form = document.getElementById("seating");
let chosen = null;

async function send(address, values) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, ...values });
  const answer = await fetch(address + location.search, { method: "POST", body, headers: { "HX-Request": "true" } });
  const target = document.getElementById(answer.ok ? "plan" : "problem");
  if (answer.ok) target.outerHTML = await answer.text();
  else target.innerHTML = await answer.text();
  chosen = null;
}

function choose(element) {
  document.querySelector(".seat.is-chosen")?.classList.remove("is-chosen");
  chosen = chosen === element.dataset.guest ? null : element.dataset.guest;
  if (chosen) element.classList.add("is-chosen");
}

document.addEventListener("click", (event) => {
  const seat = event.target.closest(".seat");
  const aside = event.target.closest("[data-unseat]");
  if (chosen && seat?.dataset.seat && seat.dataset.guest !== chosen) send(form.action, { guest: chosen, seat: seat.dataset.seat });
  else if (chosen && aside && !seat) send(form.action, { guest: chosen, seat: "" });
  else if (seat?.dataset.guest) choose(seat);
});

document.addEventListener("dblclick", (event) => {
  const seat = event.target.closest(".seat[data-close]");
  if (seat && !chosen) send(seat.dataset.close, {});
});

document.addEventListener("dragstart", (event) => {
  const seat = event.target.closest?.(".seat[data-guest]");
  if (seat) event.dataTransfer.setData("text/plain", seat.dataset.guest);
});

document.addEventListener("dragover", (event) => {
  if (event.target.closest?.("[data-seat], [data-unseat]")) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const guest = event.dataTransfer.getData("text/plain");
  const seat = event.target.closest?.("[data-seat]");
  if (!guest || !event.target.closest?.("[data-seat], [data-unseat]")) return;
  event.preventDefault();
  send(form.action, { guest, seat: seat?.dataset.seat || "" });
});
