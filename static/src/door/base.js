// Base 32 and base 64 as the house writes them: no padding.
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function fromBase32(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let buffer = 0;
  let bits = 0;
  let place = 0;
  for (const sign of text) {
    buffer = ((buffer << 5) | SIGNS.indexOf(sign)) & 0xffff;
    bits += 5;
    if (bits >= 8 && place < bytes.length) {
      bits -= 8;
      bytes[place] = (buffer >> bits) & 0xff;
      place += 1;
    }
  }
  return bytes;
}

export function toBase32(bytes) {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += SIGNS[(buffer >> bits) & 31];
    }
  }
  return bits ? text + SIGNS[(buffer << (5 - bits)) & 31] : text;
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}
