// The ways a code comes in: camera, photo, scan gun or keyboard.
import { open, watch } from "./camera.js";
import { decode, prepare } from "./decode.js";
import { nameOf } from "./ticket.js";

const OUT_OF_SIGHT = 1500; // so long unseen, a ticket has left the picture; a hand that shakes hides it for less

// `page` holds #camera, #photo, #typed, video; `found(text, way)` is called once for each code (a ticket held still counts again when it has left the picture), `failed(reason)` when there is none.
export function eyes(page, wasm, said, found, failed) {
  const [video, button] = [page.querySelector("video"), page.querySelector("#camera")];
  let stop = null;
  let busy = false;
  let held = { name: "", seen: 0 }; // the ticket before the camera: one scan, however long it is held there
  let waiting = Promise.resolve();

  async function bring(code, way) {
    busy = true;
    await found(code, way).finally(() => (busy = false));
  }

  async function look(source) {
    const code = await decode(source, source.videoWidth, source.videoHeight);
    if (!code) return;
    const name = nameOf(code);
    const still = name === held.name && Date.now() - held.seen < OUT_OF_SIGHT;
    if (busy && !still) return; // another ticket waits for the answer to this one
    held = { name, seen: Date.now() };
    if (!still) bring(code, "code"); // not awaited: the camera goes on looking whether the ticket is still there
  }

  function close() {
    stop?.();
    stop = null;
    held = { name: "", seen: 0 };
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
