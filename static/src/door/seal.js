// What lies on the device is ciphertext (AES-GCM). One key opens everything; it is itself locked by the PIN (PBKDF2, SHA-256).
import { fromBase64, toBase64 } from "./base.js";

const ROUNDS = 1_000_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const aes = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", true, ["encrypt", "decrypt"]);

export const keyOf = (raw) => aes(raw);
export const freshKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);

export async function seal(key, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, text: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode(JSON.stringify(value))) };
}

// The value, or an error where the key is another one.
export async function unseal(key, box) {
  return JSON.parse(decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.text)));
}

async function fromPin(pin, salt) {
  const typed = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What a locked gate may still say of itself; it follows from the secret and does not lead back to it.
export const leashOf = async (secret) => digest(`leash${await digest(secret)}`);

// The key and the gate's credential, locked by a PIN.
export async function lock(pin, key, credential) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const raw = toBase64(new Uint8Array(await crypto.subtle.exportKey("raw", key)));
  return { salt, box: await seal(await fromPin(pin, salt), { raw, credential }) };
}

// {key, credential}, or an error where the PIN is another one.
export async function unlock(pin, { salt, box }) {
  const { raw, credential } = await unseal(await fromPin(pin, salt), box);
  return { key: await aes(fromBase64(raw)), credential };
}
