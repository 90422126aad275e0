// The ways a code comes in: camera, photo, scan gun or keyboard.
import { open, watch } from "./camera.js";
import { decode, prepare } from "./decode.js";
import { nameOf } from "./ticket.js";

// A ticket has left the picture when it was not seen for so long and in so many looks: a shaking hand hides it for less, and a slow phone looks seldom.
const OUT_OF_SIGHT = 1500;
const LOOKS = 4;
const ASK_AGAIN = 4000; // what is held there and was not let in is asked about again: it may have been put right meanwhile
const SETTLED = new Set(["admitted", "left", "already"]);

// `page` holds #camera, #photo, #typed, video; `found(text, way)` is called once for each code and gives the verdict; `failed(reason)` says that there
// is none. Who was let in and holds the ticket still counts again when it has left the picture.
export function eyes(page, wasm, said, found, failed) {
  const [video, button] = [page.querySelector("video"), page.querySelector("#camera")];
  let stop = null;
  let busy = false;
  let held = null;
  let waiting = Promise.resolve();

  async function bring(code, way) {
    const mine = { code, name: nameOf(code), seen: Date.now(), asked: Date.now(), misses: 0, settled: false };
    [busy, held] = [true, mine]; // also what the gun read: the camera may see the same ticket
    try {
      mine.settled = SETTLED.has(await found(code, way));
    } finally {
      busy = false;
    }
  }

  function stillHeld(code) {
    if (held?.name !== nameOf(code)) return false;
    const gone = Date.now() - held.seen > OUT_OF_SIGHT && held.misses >= LOOKS;
    if (!gone) Object.assign(held, { seen: Date.now(), misses: 0 });
    return !gone;
  }

  const askedEnough = (code) => held.settled || (code === held.code && Date.now() - held.asked < ASK_AGAIN);

  async function look(source) {
    const code = await decode(source, source.videoWidth, source.videoHeight);
    if (!code && held) held.misses += 1;
    if (!code) return;
    const here = stillHeld(code);
    if (!busy && !(here && askedEnough(code))) bring(code, "code"); // not awaited: the camera goes on looking whether the ticket is still there
  }

  function close() {
    stop?.();
    stop = null;
    held = null;
    video.hidden = true;
    button.querySelector("span").textContent = said.start;
  }

  async function toggle() {
    if (stop) return close();
    try {
      await prepare(wasm);
      stop = await open(video);
      video.hidden = false;
      button.querySelector("span").textContent = said.stop;
      watch(video, look, () => stop !== null);
    } catch {
      failed("camera");
    }
  }

  async function photo(event) {
    const [file] = event.target.files;
    if (!file) return;
    await prepare(wasm);
    const picture = await createImageBitmap(file);
    const code = await decode(picture, picture.width, picture.height);
    event.target.value = "";
    if (code) await bring(code, "photo");
    else failed("noCode");
  }

  button.addEventListener("click", toggle);
  page.querySelector("#photo").addEventListener("change", photo);
  // a scan gun types the code and presses Enter
  page.querySelector("#typed").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = event.target.elements.code;
    const code = field.value.trim();
    field.value = "";
    waiting = waiting.then(() => code && bring(code, "gun")); // a gun may be faster than the disk: one after the other, none lost
    await waiting;
    field.focus();
  });
  return close;
}
