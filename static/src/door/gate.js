// The gate itself: its rules, its clock, who is inside, and one scan after the other.
import { makeClock } from "./clock.js";
import { merge, placeOf } from "./merge.js";
import * as roster from "./roster.js";
import { judge } from "./rules.js";
import * as store from "./store.js";
import { doorId, genuine, read } from "./ticket.js";
import { fromBase64 } from "./base.js";

const SAME_AGAIN = 1000; // a gun that reads twice gets the same green; a second person with the same picture does not
const AT_ONCE = 100; // news is written in small portions: a scan waits for one of them at most
const MOVING = new Set(["admitted", "left", "undone"]);

export const gate = { device: 0, config: null, offline: false, out: false };
export const clock = makeClock();
let facts = new Map();
let merged = merge([]);
let last = null;

const newKey = () => `d${gate.device}-${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;

export async function load() {
  await roster.loadAliases();
  facts = new Map((await store.all("facts")).filter((fact) => MOVING.has(fact.kind)).map((fact) => [fact.key, fact]));
  count();
}

// Who is inside, each guest once, whichever of their tickets was read.
export function count() {
  merged = merge([...facts.values()].map((fact) => ({ ...fact, guest: roster.guestOf(fact.guest) })));
}

// Scans of other gates.
export async function hear(told) {
  const news = told.filter((fact) => facts.get(fact.key)?.at !== fact.at); // its own too: the house may have set the clock right
  if (!news.length) return;
  for (let start = 0; start < news.length; start += AT_ONCE) await store.keepFacts(news.slice(start, start + AT_ONCE));
  for (const fact of news) facts.set(fact.key, fact);
  count();
}

export const arrived = () =>
  [...new Set([...merged.entries.keys()].filter((place) => !place.includes(" departure")).map((place) => place.split(" ")[0]))].filter(
    roster.mayBeHere,
  ).length;

const dayOf = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: gate.config.zone, dateStyle: "short" }).format(at);

function scope() {
  return gate.config.rule === "daily" ? `${gate.config.purpose}:${dayOf(clock.houseNow())}` : gate.config.purpose;
}

// A scan as the last contact dates it, on its true day.
export function dated(fact) {
  const now = clock.dated(fact);
  const [purpose, day] = now.scope.split(":");
  return day && now.at !== fact.at ? { ...now, scope: `${purpose}:${dayOf(now.at)}` } : now;
}

function seen(row) {
  if (!row) return null;
  const kind = gate.config.names[row.type];
  return { state: row.state, type: row.type, moving: Boolean(kind?.[3]), letter: (row.initials || "")[0] ?? "" };
}

// The gate has never had the list of guests: it cannot know who cancelled.
export class NoList extends Error {
  name = "NoList";
}

// A scan is on the disk before anybody is told of it; its name.
async function keep(id, verdict, way, note) {
  const key = newKey();
  const fact = { key, guest: id, scope: scope(), kind: verdict, ...clock.stamp(), gate: gate.config.name, undoes: "", unsent: 1 };
  await store.keepFact({ ...fact, way, note });
  if (MOVING.has(verdict)) {
    facts.set(key, fact);
    count();
  }
  return key;
}

// {verdict, row, earlier, note, key}: judged on the device, on its disk before it is shown.
async function answer(id, row, ticket, way, override = false) {
  if (!gate.config.listed) throw new NoList();
  const place = placeOf(roster.guestOf(id), scope());
  const standing = facts.get(merged.inside.get(place));
  if (last && last.id === id && Date.now() - last.at < SAME_AGAIN && last.result.verdict === "admitted" && !gate.out) {
    await keep(id, "already", way, "again"); // the same green, and a row of its own
    return last.result;
  }
  const entering = way === "walk_in"; // whoever was entered by hand comes in here, whatever this gate is for
  const out = !entering && gate.out && gate.config.rule === "in_out";
  const rules = entering ? { ...gate.config, types: [] } : gate.config;
  const asked = { guest: seen(row), gate: rules, ticket, inside: Boolean(standing), now: clock.houseNow(), offline: gate.offline, out };
  let verdict = judge(asked);
  const allTheSame = verdict === "elsewhere" && override;
  if (allTheSame) verdict = "admitted";
  const note = verdict === "admitted" && !row ? "unseen" : allTheSame ? "override" : "";
  const key = await keep(id, verdict, way, note);
  const result = { verdict, row, earlier: standing, note, key, id };
  last = { id, at: Date.now(), result };
  return result;
}

export async function scanned(text, way) {
  const ticket = read(text);
  if (!ticket) return answer("", null, { signed: null, made_at: null }, way); // also what is no ticket is on record
  const id = await doorId(ticket.code);
  const [signed, row] = await Promise.all([
    ticket.signature ? genuine(ticket, fromBase64(gate.config.key)) : null,
    roster.find(id, ticket.code),
  ]);
  return answer(id, row, { signed, made_at: ticket.madeAt }, way);
}

export const admitted = (row, way, override) => answer(row.id, row, null, way, override);

// What was asked after the admission goes to the house by itself: the scan may be there already.
export const answerQuestion = store.keepAnswer;

export const forgetLast = () => (last = null);
