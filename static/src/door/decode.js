// Finding a QR in a picture: the browser's own detector where it truly works, else WebAssembly served from this house.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const LONGEST_SIDE = 960;
let native = null;

// What reads the codes here: "native", "wasm", or nothing yet.
let reader = "";
export const readsWith = () => reader;

export async function prepare(wasmAddress) {
  try {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats();
    if (formats?.includes("qr_code")) native = new BarcodeDetector({ formats: ["qr_code"] });
  } catch {
    native = null; // present but broken on some phones
  }
  reader = native ? "native" : "wasm";
  if (!native) await prepareZXingModule({ overrides: { locateFile: () => wasmAddress }, fireImmediately: true });
}

function scaled(source, width, height) {
  const factor = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * factor);
  canvas.height = Math.round(height * factor);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// The text of the first QR in a video frame or picture, or nothing.
export async function decode(source, width, height) {
  if (!width || !height) return "";
  const picture = scaled(source, width, height);
  if (native) {
    const found = await native.detect(picture).catch(() => []);
    if (found.length) return found[0].rawValue;
    return "";
  }
  const found = await readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true });
  return found[0]?.text ?? "";
}
