// Reading and verifying a ticket without network. Says the same as outreach/registrations/tickets.py; tests/vectors/tickets.json is run by both.
import { verifyAsync } from "@noble/ed25519";
import { fromBase32, toBase32 } from "./base.js";

const WHOLE = /^(?:[A-Z2-7]{26}|[A-Z2-7]{128}|[A-Z2-7]{135})$/;
const encoder = new TextEncoder();
const SAID_BEFORE = encoder.encode("yangui-ticket-1");
const CODE_BYTES = 16;
const SIGNATURE_BYTES = 64;

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

const LONGEST = 1000;

// The last part of an address as a scan gun types it, also under a Chinese input method: full width or "、" for "/", blanks, line breaks and
// invisible marks within, a query, a fragment or "/" behind it.
function tailOf(scanned) {
  if ([...scanned].length > LONGEST) return "";
  const text = scanned.normalize("NFKC").replace(/[\p{Cc}\p{Cf}\p{Z}]/gu, "");
  const address = text.split(/[?#]/)[0].replace(/[/\\、]+$/, "");
  return address
    .split(/[/\\、]/)
    .pop()
    .toUpperCase();
}

// What stays the same while a moving code moves: the ticket's own 16 bytes (25 whole letters of them). What is no ticket is its own name.
export function nameOf(scanned) {
  const tail = tailOf(scanned);
  return WHOLE.test(tail) ? tail.slice(0, 25) : scanned;
}

// {code, body, signature, madeAt} of whatever a camera, a gun or a keyboard brings, or nothing. A bare code has no signature.
export function read(scanned) {
  const tail = tailOf(scanned);
  if (!WHOLE.test(tail)) return null;
  const raw = fromBase32(tail);
  if (tail.length === 26) return { code: raw, body: null, signature: null, madeAt: null };
  const body = raw.slice(0, raw.length - SIGNATURE_BYTES);
  const moving = body.slice(CODE_BYTES);
  const madeAt = moving.length ? new DataView(moving.buffer).getUint32(0) : null;
  return { code: body.slice(0, CODE_BYTES), body, signature: raw.slice(raw.length - SIGNATURE_BYTES), madeAt };
}

// Whether the event with this public key (32 bytes) signed it: by WebCrypto, by our own copy of the algorithm where that has none.
export async function genuine(ticket, key) {
  const said = joined(SAID_BEFORE, ticket.body);
  try {
    const known = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", known, ticket.signature, said);
  } catch {
    return verifyAsync(ticket.signature, said, key).catch(() => false);
  }
}

async function hashed(word, code) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(encoder.encode(word), code)));
}

// How the gate knows a ticket without keeping its code.
export async function doorId(code) {
  return toBase32((await hashed("yangui-alias", code)).slice(0, 10));
}

// The key of the guest's row: only who holds the ticket can make it.
export async function rowKey(code) {
  return (await hashed("yangui-door-row", code)).slice(0, 16);
}
