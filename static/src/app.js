// What staff pages add to plain HTML: fragments through htmx, tick-all, a question before what cannot be undone.
import "./announce.js";
import "./board.js";
import "./copy.js";
import "./print.js";
import "./session.js";
import "./sign-out.js";
import "./typed.js";
import "./wrong.js";
import htmx from "htmx.org/dist/htmx.esm.js";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.historyCacheSize = 0;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true, error: true }, // a form with its errors: where its answer would stand, not beside an older answer
  { code: "[45]..", swap: true, error: true, target: "#problem" },
];

// forms that are sent once: those that say so, and those with a key of their own
const ONCE = "form[data-once], form:has(input[name=once])";

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-tick-all]");
  if (!all) return;
  for (const box of document.querySelectorAll(`input[name="${all.dataset.tickAll}"]`)) box.checked = all.checked;
});

document.addEventListener(
  "submit",
  (event) => {
    const button = event.submitter;
    const question = button?.dataset.ask || event.target.dataset.ask;
    if (question && !confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.target.matches(ONCE)) {
      // a second tap on a slow network changes nothing: the form names its request, and the button says it is on its way
      setTimeout(() => {
        for (const item of event.target.querySelectorAll("button[type=submit]")) item.disabled = true;
      }, 0);
    }
  },
  true,
);

// On a phone the rooms stand in one row, and so do the tabs of an event: the one somebody is in comes into sight.
for (const here of document.querySelectorAll(".side nav [aria-current=page], .tabs [aria-current=page]")) {
  const row = here.closest("ul, .tabs");
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

addEventListener("pageshow", () => {
  for (const item of document.querySelectorAll(`:is(${ONCE}) button[type=submit]`)) item.disabled = false;
});
