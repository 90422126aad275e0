// The ways a code comes in: camera, photo, scan gun or keyboard.
import { open, watch } from "./camera.js";
import { decode, prepare } from "./decode.js";

const SAME_AGAIN = 4000;

// `page` holds #camera, #photo, #typed, video; `found(text, way)` is called once for each code, `failed(reason)` when there is none.
export function eyes(page, wasm, said, found, failed) {
  const [video, button] = [page.querySelector("video"), page.querySelector("#camera")];
  let stop = null;
  let busy = false;
  let last = { code: "", at: 0 };

  let waiting = Promise.resolve();

  async function once(code, way) {
    const now = Date.now();
    if (!code || (code === last.code && now - last.at < SAME_AGAIN)) return;
    if (busy && way !== "gun") return; // the camera looks again by itself
    busy = true;
    last = { code, at: now };
    await found(code, way).finally(() => (busy = false));
    last.at = Date.now();
  }

  function close() {
    stop?.();
    stop = null;
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
      watch(
        video,
        async (source) => {
          if (!busy) await once(await decode(source, source.videoWidth, source.videoHeight), "code");
        },
        () => stop !== null,
      );
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
    if (code) await once(code, "photo");
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
    last = { code: "", at: 0 };
    waiting = waiting.then(() => {
      last = { code: "", at: 0 };
      return once(code, "gun");
    }); // a gun may be faster than the disk: one after the other, none lost
    await waiting;
    field.focus();
  });
  return close;
}
