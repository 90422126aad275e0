// The guests a gate knows. In memory while it is unlocked; a locked gate opens one row with the ticket just scanned.
import { fromBase64 } from "./base.js";
import { keyOf, seal, unseal } from "./seal.js";
import * as store from "./store.js";
import { rowKey } from "./ticket.js";

const ROW = ["id", "key", "state", "type", "name", "company", "post", "seat", "leader", "tail", "initials", "companions", "guest"];
const known = new Map();
let aliases = new Map();
let key = null;

const named = (row) => Object.fromEntries(ROW.map((name, place) => [name, row[place]]));

async function sealedRow(row) {
  if (!row[1]) return { state: row[2] }; // a replaced ticket: there is nobody to hide
  const own = await keyOf(fromBase64(row[1]));
  return seal(own, ["", "", ...row.slice(2)]);
}

// From here on everybody can be found; drawers that the key does not open are asked for again.
export async function open(gateKey) {
  key = gateKey;
  known.clear();
  await loadAliases();
  for (const [number, drawer] of await store.drawers()) {
    try {
      for (const row of await unseal(key, drawer.box)) known.set(row[0], named(row));
    } catch {
      await store.keepDrawer(number, "", null, [], drawer.ids ?? []);
    }
  }
}

export function close() {
  key = null;
  known.clear();
}

export const isOpen = () => key !== null;
export const size = () => [...known.values()].filter((row) => row.state === "confirmed" && !row.guest).length;

// Whoever gave their place back is not counted; of guests not heard of yet nothing is known.
export const mayBeHere = (id) => (known.get(id)?.state ?? "confirmed") === "confirmed";
export const byId = (id) => known.get(id);

// Somebody with two tickets (a new one, or a pass from a gate) is one guest; also a locked gate knows that.
export const guestOf = (id) => aliases.get(id) ?? id;

export async function loadAliases() {
  aliases = new Map(await store.entries("aliases"));
}

// What the house has to be told so that it sends only what is different.
export async function digests() {
  return Object.fromEntries((await store.drawers()).map(([number, drawer]) => [number, drawer.digest]));
}

export async function take(drawers) {
  const before = new Map(await store.drawers());
  for (const [number, [digest, rows]] of Object.entries(drawers)) {
    const sealed = await Promise.all(rows.map(async (row) => [row[0], await sealedRow(row)]));
    const old = before.get(number)?.ids ?? [];
    const also = rows.filter((row) => row[12]).map((row) => [row[0], row[12]]);
    await store.keepDrawer(number, digest, digest ? await seal(key, rows) : null, sealed, old, also);
    for (const id of old) known.delete(id);
    for (const row of rows) known.set(row[0], named(row));
  }
  await loadAliases();
}

// The guest of a ticket, or nothing.
export async function find(id, code) {
  if (known.has(id)) return known.get(id);
  const sealed = await store.get("rows", id);
  if (!sealed) return null;
  if (sealed.state) return named([id, "", sealed.state, null, "", "", "", "", "", "", "", 0, ""]);
  try {
    const row = named(await unseal(await keyOf(await rowKey(code)), sealed));
    return { ...row, id };
  } catch {
    return null;
  }
}

// Surname (or name, or initials) and, for a lone surname, the last four digits, with or without a blank between. Nobody can leaf through the list.
export function search(text, most = 8) {
  const [, name, tail] = /^(.*?)(\d{4})?$/.exec(text.toLowerCase().replace(/\s+/g, ""));
  if (!name || (!tail && name.length < 2)) return [];
  const fits = (row) =>
    (!tail || row.tail === tail) &&
    (row.name.toLowerCase().startsWith(name) || row.initials.split(" ").some((initials) => initials.startsWith(name)));
  return [...known.values()].filter((row) => row.name && fits(row)).slice(0, most);
}
