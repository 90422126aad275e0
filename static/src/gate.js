// The gate page: camera, photo, scan gun and typed code all end in one scan; the answer is colour, word and sound.
import { eyes } from "./door/eye.js";
import { newKey, send } from "./door/send.js";
import { tone } from "./door/sound.js";

const page = document.querySelector("#gate");
const verdict = page.querySelector("#verdict");
const said = JSON.parse(page.dataset.words);

function show(answer) {
  const good = answer.verdict === "admitted";
  verdict.dataset.verdict = answer.verdict ?? "failed";
  verdict.querySelector("[data-part=words]").textContent = answer.words ?? (answer.status === 0 ? said.offline : said.failed);
  verdict.querySelector("[data-part=name]").textContent = answer.name ?? "";
  verdict.querySelector("[data-part=company]").textContent = [answer.company, answer.post].filter(Boolean).join(" · ");
  verdict.hidden = false;
  if (good) document.querySelector("#tally").dispatchEvent(new Event("arrived"));
  if (answer.key) document.querySelector("#last-scans").dispatchEvent(new Event("scanned"));
  tone(good);
}

async function scan(code) {
  const body = { key: newKey(), code, gate: Number(page.dataset.gate), at: new Date().toISOString() };
  const answer = await send(page.dataset.scans, page.dataset.token, body);
  show(answer);
  return answer.verdict;
}

eyes(page, page.dataset.wasm, said, scan, (reason) => show({ verdict: reason === "camera" ? "failed" : "unknown", words: said[reason] }));

// Found by name instead: the answer before it is over, and what is counted is counted anew.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("#found, .filters")) verdict.hidden = true;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.closest("#found, .verdict")) return;
  document.querySelector("#tally").dispatchEvent(new Event("arrived"));
  document.querySelector("#last-scans").dispatchEvent(new Event("scanned"));
});

verdict.addEventListener("click", () => {
  verdict.hidden = true;
});
