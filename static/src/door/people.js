// What a gate takes as a name and as a number without asking the server: the rules of outreach/core/phones.py and of its forms.
// tests/vectors/people.json is run by both.
import LENGTHS from "./calling-codes.json";

const UNSEEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/g;
const MOBILE = /^1[3-9]\d{9}$/;
const NORTH_AMERICAN = /^1[\s.-]*\(?[2-9]\d{2}[\s).-]+\d{3}[\s.-]+\d{4}$/;
const NORTH_AMERICA = /^[2-9]\d{2}[2-9]\d{6}$/;
const LONGEST_NAME = 40;

const fold = (text) => text.normalize("NFKC").replace(UNSEEN, "").trim();

// The name as it is kept, or nothing: it holds a letter.
export function name(typed) {
  const plain = typed.replace(UNSEEN, "").replace(/\s+/g, " ").trim();
  return /\p{L}/u.test(plain) && [...plain].length <= LONGEST_NAME ? plain : null;
}

function abroad(digits) {
  const code = [1, 2, 3].map((size) => digits.slice(0, size)).find((head) => LENGTHS[head]);
  if (!code) return null;
  const rest = digits.slice(code.length);
  const sizes = LENGTHS[code];
  const national = !sizes.includes(rest.length) && rest[0] === "0" ? rest.slice(1) : rest;
  if (!sizes.includes(national.length) || (code === "1" && !NORTH_AMERICA.test(national))) return null;
  return `+${code}${national}`;
}

function mainland(digits) {
  const national = digits.replace(/^0/, "");
  return MOBILE.test(national) ? `+86${national}` : null;
}

// E.164 of a mainland mobile or of another country's number as people type it, or nothing.
export function mobile(typed) {
  const folded = fold(typed).toLowerCase();
  if (folded.length > 40 || NORTH_AMERICAN.test(folded)) return null;
  const digits = folded
    .replace(/^tel:/, "")
    .replaceAll("(0)", "")
    .replace(/[\s\-–—‐‑.·()[\]]/g, "");
  const outward = /^(?:\+|00)(\d+)$/.exec(digits)?.[1];
  if (outward) return outward.startsWith("86") ? mainland(outward.slice(2)) : abroad(outward);
  if (!/^\d+$/.test(digits)) return null;
  return MOBILE.test(digits) ? `+86${digits}` : mainland(digits.replace(/^86/, ""));
}
