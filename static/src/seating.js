// Seats: choose a guest and then a seat, or drag; choose a free seat and keep it free. The server answers with the plan as it stands;
// the focus stays where something happened, and what happened is said.
import { announce } from "./say.js";

const form = document.getElementById("seating");
const keepFree = document.getElementById("keep-free");
let chosen = null; // the button of a guest or of a free seat

async function send(address, values, after) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, ...values });
  const answer = await fetch(address + location.search, { method: "POST", body, headers: { "HX-Request": "true" } });
  const target = document.getElementById(answer.ok ? "plan" : "problem");
  if (answer.ok) target.outerHTML = await answer.text();
  else target.innerHTML = await answer.text();
  choose(null);
  const place = answer.ok && document.querySelector(after);
  if (!place) return;
  place.focus();
  announce(place.getAttribute("aria-label") || place.textContent);
}

function choose(element) {
  const again = element && element === chosen;
  for (const seat of document.querySelectorAll(".seat.is-chosen")) {
    seat.classList.remove("is-chosen");
    seat.setAttribute("aria-pressed", "false");
  }
  chosen = again ? null : element;
  chosen?.classList.add("is-chosen");
  chosen?.setAttribute("aria-pressed", "true");
  keepFree.disabled = !chosen?.dataset.close;
  keepFree.textContent = chosen?.classList.contains("is-closed") ? keepFree.dataset.open : keepFree.dataset.keep;
}

function seatGuest(guest, seat) {
  send(form.action, { guest, seat }, seat ? `[data-seat="${seat}"]` : `[data-guest="${guest}"]`);
}

function close(seat) {
  send(seat.dataset.close, {}, `[data-seat="${seat.dataset.seat}"]`);
}

document.addEventListener("click", (event) => {
  const seat = event.target.closest(".seat");
  const aside = event.target.closest("[data-unseat]");
  const guest = chosen?.dataset.guest;
  if (guest && seat?.dataset.seat && seat !== chosen) seatGuest(guest, seat.dataset.seat);
  else if (guest && aside && !seat) seatGuest(guest, "");
  else if (seat) choose(seat);
});

keepFree.addEventListener("click", () => chosen?.dataset.close && close(chosen));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") choose(null);
});

document.addEventListener("dblclick", (event) => {
  const seat = event.target.closest(".seat[data-close]");
  if (seat) close(seat);
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
  seatGuest(guest, seat?.dataset.seat || "");
});
