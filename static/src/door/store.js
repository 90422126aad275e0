// What the gate keeps between two starts. Nothing here names anybody: rows, vault and walk-ins are sealed, facts speak of door ids.
import { deleteDB, openDB } from "idb";

const NAME = "yangui-door";
let opened = null;

function database() {
  opened ??= openDB(NAME, 2, {
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore("meta"); // name -> value
        db.createObjectStore("rows"); // door id -> sealed by the ticket's own key
        db.createObjectStore("vault"); // drawer -> {digest, box} sealed by the gate's key
        db.createObjectStore("facts", { keyPath: "key" }).createIndex("unsent", "unsent");
        db.createObjectStore("walk_ins"); // key -> {box}
      }
      if (before < 2) {
        db.createObjectStore("answers"); // scan -> {question: yes or no}, until the house has them
        db.createObjectStore("aliases"); // door id -> the one its guest is counted as
      }
    },
    blocking: shut, // another tab deletes or renews it: it shall not wait for this one
  });
  return opened;
}

export const get = async (store, key) => (await database()).get(store, key);
export const all = async (store) => (await database()).getAll(store);
export const put = async (store, value, key) => (await database()).put(store, value, key);
export const remove = async (store, key) => (await database()).delete(store, key);

// A scan is on the disk before anybody is let in. It gets the next number, so that the house knows of those it never gets.
export async function keepFact(fact) {
  const write = (await database()).transaction(["facts", "meta"], "readwrite", { durability: "strict" });
  const meta = write.objectStore("meta");
  const number = ((await meta.get("numbered")) ?? 0) + 1;
  await Promise.all([write.objectStore("facts").put({ ...fact, number }), meta.put(number, "numbered"), write.done]);
}

export const numbered = async () => (await get("meta", "numbered")) ?? 0;

export async function keepFacts(facts) {
  const write = (await database()).transaction("facts", "readwrite");
  await Promise.all([...facts.map((fact) => write.store.put(fact)), write.done]);
}

export const unsent = async (most) => (await database()).getAllFromIndex("facts", "unsent", 1, most);
export const unsentCount = async () => (await database()).countFromIndex("facts", "unsent", 1);

// One answer after an admission, beside those given before.
export async function keepAnswer(key, question, yes) {
  const write = (await database()).transaction("answers", "readwrite", { durability: "strict" });
  await write.store.put({ ...(await write.store.get(key)), [question]: yes }, key);
  await write.done;
}

// The house has these answers; one given meanwhile stays.
export async function answered(key, told) {
  const write = (await database()).transaction("answers", "readwrite");
  const now = (await write.store.get(key)) ?? {};
  const left = Object.entries(now).filter(([question, yes]) => told[question] !== yes);
  await (left.length ? write.store.put(Object.fromEntries(left), key) : write.store.delete(key));
  await write.done;
}

export async function entries(store) {
  const read = (await database()).transaction(store);
  const [keys, values] = await Promise.all([read.store.getAllKeys(), read.store.getAll()]);
  return keys.map((key, place) => [key, values[place]]);
}

// What would be lost with this device: scans, guests and answers the house does not have.
export const unsentInAll = async () => {
  const db = await database();
  const counts = await Promise.all([db.countFromIndex("facts", "unsent", 1), db.count("walk_ins"), db.count("answers")]);
  return counts.reduce((sum, count) => sum + count, 0);
};

// One drawer of the roster: old rows out, new ones in, at once.
export async function keepDrawer(number, digest, box, rows, gone, aliases = []) {
  const write = (await database()).transaction(["rows", "vault", "aliases"], "readwrite");
  const [sealed, vault, also] = [write.objectStore("rows"), write.objectStore("vault"), write.objectStore("aliases")];
  for (const id of gone) {
    sealed.delete(id);
    also.delete(id);
  }
  for (const [id, row] of rows) sealed.put(row, id);
  for (const [id, guest] of aliases) also.put(guest, id);
  if (digest) vault.put({ digest, box, ids: rows.map(([id]) => id) }, number);
  else vault.delete(number);
  await write.done;
}

export const drawers = () => entries("vault");

// The names go: what the house does not have yet stays.
export async function wipeNames() {
  const write = (await database()).transaction(["rows", "vault", "aliases", "meta"], "readwrite");
  await Promise.all([
    ...["rows", "vault", "aliases"].map((name) => write.objectStore(name).clear()),
    write.objectStore("meta").delete("passes"),
    write.done,
  ]);
}

// Everything goes: the gate was withdrawn, or becomes another one. What the browser keeps of the build names nobody and stays.
export async function wipe() {
  const db = await database();
  const write = db.transaction([...db.objectStoreNames], "readwrite");
  await Promise.all([...[...db.objectStoreNames].map((name) => write.objectStore(name).clear()), write.done]);
  await shut();
  await deleteDB(NAME, { blocked: () => {} });
}

export async function shut() {
  const db = await opened;
  opened = null;
  db?.close();
}
