// The gate page: camera, photo, scan gun and typed code all end in one scan; the answer is colour, word and sound.
import { open, watch } from "./door/camera.js";
import { decode, prepare } from "./door/decode.js";
import { newKey, send } from "./door/send.js";

const page = document.querySelector("#gate");
const video = page.querySelector("video");
const verdict = page.querySelector("#verdict");
const button = page.querySelector("#camera");
const said = JSON.parse(page.dataset.words);
const SAME_AGAIN = 4000; // a ticket held before the camera is one scan, not thirty
let stop = null;
let last = { code: "", at: 0 };
let busy = false;

function tone(good) {
  try {
    const audio = new AudioContext();
    const sound = audio.createOscillator();
    sound.frequency.value = good ? 880 : 220;
    sound.connect(audio.destination);
    sound.start();
    sound.stop(audio.currentTime + (good ? 0.12 : 0.4));
    navigator.vibrate?.(good ? 80 : [120, 80, 120]);
  } catch {
    // a silent phone still shows the colour and the word
  }
}

function show(answer) {
  const good = answer.verdict === "admitted";
  verdict.dataset.verdict = answer.verdict ?? "failed";
  verdict.querySelector("[data-part=words]").textContent = answer.words ?? (answer.status === 0 ? said.offline : said.failed);
  verdict.querySelector("[data-part=name]").textContent = answer.name ?? "";
  verdict.querySelector("[data-part=company]").textContent = [answer.company, answer.post].filter(Boolean).join(" · ");
  verdict.hidden = false;
  if (good) document.querySelector("#tally").dispatchEvent(new Event("arrived"));
  tone(good);
}

async function scan(code) {
  const now = Date.now();
  if (busy || !code || (code === last.code && now - last.at < SAME_AGAIN)) return;
  busy = true;
  last = { code, at: now };
  const body = { key: newKey(), code, gate: Number(page.dataset.gate), at: new Date().toISOString() };
  show(await send(page.dataset.scans, page.dataset.token, body));
  last.at = Date.now();
  busy = false;
}

async function look(source) {
  if (!busy) await scan(await decode(source, source.videoWidth, source.videoHeight));
}

button.addEventListener("click", async () => {
  if (stop) {
    stop();
    stop = null;
    video.hidden = true;
    button.querySelector("span").textContent = said.start;
    return;
  }
  try {
    await prepare(page.dataset.wasm);
    stop = await open(video);
    video.hidden = false;
    button.querySelector("span").textContent = said.stop;
    watch(video, look, () => stop !== null);
  } catch {
    show({ verdict: "failed", words: said.camera });
  }
});

page.querySelector("#photo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  await prepare(page.dataset.wasm);
  const picture = await createImageBitmap(file);
  const code = await decode(picture, picture.width, picture.height);
  event.target.value = "";
  if (code) await scan(code);
  else show({ verdict: "unknown", words: said.noCode });
});

// A scan gun types the code and presses Enter.
page.querySelector("#typed").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.code;
  const code = field.value.trim();
  field.value = "";
  last = { code: "", at: 0 };
  await scan(code);
  field.focus();
});

verdict.addEventListener("click", () => {
  verdict.hidden = true;
});
