// What the gate keeps between two starts. Nothing here names anybody: rows, vault and walk-ins are sealed, facts speak of door ids.
import { deleteDB, openDB } from "idb";

const NAME = "yangui-door";
let opened = null;

function database() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      db.createObjectStore("meta"); // name -> value
      db.createObjectStore("rows"); // door id -> sealed by the ticket's own key
      db.createObjectStore("vault"); // drawer -> {digest, box} sealed by the gate's key
      db.createObjectStore("facts", { keyPath: "key" }).createIndex("unsent", "unsent");
      db.createObjectStore("walk_ins"); // key -> {box}
    },
  });
  return opened;
}

export const get = async (store, key) => (await database()).get(store, key);
export const all = async (store) => (await database()).getAll(store);
export const put = async (store, value, key) => (await database()).put(store, value, key);
export const remove = async (store, key) => (await database()).delete(store, key);

// A scan is on the disk before anybody is let in.
export async function keepFact(fact) {
  const write = (await database()).transaction("facts", "readwrite", { durability: "strict" });
  await write.store.put(fact);
  await write.done;
}

export async function keepFacts(facts) {
  const write = (await database()).transaction("facts", "readwrite");
  await Promise.all([...facts.map((fact) => write.store.put(fact)), write.done]);
}

export const unsent = async (most) => (await database()).getAllFromIndex("facts", "unsent", 1, most);
export const unsentCount = async () => (await database()).countFromIndex("facts", "unsent", 1);

// One drawer of the roster: old rows out, new ones in, at once.
export async function keepDrawer(number, digest, box, rows, gone) {
  const write = (await database()).transaction(["rows", "vault"], "readwrite");
  const [sealed, vault] = [write.objectStore("rows"), write.objectStore("vault")];
  for (const id of gone) sealed.delete(id);
  for (const [id, row] of rows) sealed.put(row, id);
  if (digest) vault.put({ digest, box, ids: rows.map(([id]) => id) }, number);
  else vault.delete(number);
  await write.done;
}

export async function drawers() {
  const db = await database();
  const [keys, values] = await Promise.all([db.getAllKeys("vault"), db.getAll("vault")]);
  return keys.map((number, place) => [number, values[place]]);
}

// Everything goes: the gate was withdrawn, or becomes another one. What the browser keeps of the build names nobody and stays.
export async function wipe() {
  (await database()).close();
  opened = null;
  await deleteDB(NAME);
}
