// Somebody who is not registered: name and number, a signed pass at once, also without network. The house matches it at the next contact.
import { gate } from "./gate.js";
import { seal, unseal } from "./seal.js";
import * as store from "./store.js";

let key = null;
let passes = [];

export async function open(gateKey) {
  key = gateKey;
  const kept = await store.get("meta", "passes");
  passes = kept ? await unseal(key, kept).catch(() => []) : [];
}

export function close() {
  key = null;
  passes = [];
}

// Blank tickets the house lends; those handed out here and not yet told stay used.
export async function keepPasses(lent) {
  const used = new Set((await store.all("walk_ins")).map((row) => row.guest));
  passes = lent.filter(([id]) => !used.has(id));
  await store.put("meta", await seal(key, passes), "passes");
}

export const left = () => passes.length;

// {id, ticket, row}: the guest as this gate knows them from now on, or nothing where no pass is left.
export async function hand(name, mobile, company) {
  if (!passes.length) return null;
  const [id, ticket] = passes.shift();
  const walkIn = `d${gate.device}-${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
  await store.put("walk_ins", { key: walkIn, guest: id, unsent: 1, box: await seal(key, { guest: id, name, mobile, company }) }, walkIn);
  await store.put("meta", await seal(key, passes), "passes");
  const row = {
    id,
    state: "confirmed",
    type: null,
    name,
    company,
    post: "",
    seat: "",
    leader: "",
    tail: mobile.slice(-4),
    initials: "",
    companions: 0,
    guest: "",
  };
  return { id, ticket, row };
}
