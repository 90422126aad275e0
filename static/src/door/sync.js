// Scans up, changes down. Whatever breaks in between, what is not confirmed is sent again, and the house knows it by its name.
import { clock, count, dated, gate, hear } from "./gate.js";
import * as roster from "./roster.js";
import { unseal } from "./seal.js";
import * as store from "./store.js";

const PORTION = 200;
const POLL = 2000;
const ROSTER_EVERY = 10_000;
const state = {
  key: null,
  credential: null,
  roster: 0,
  running: null,
  again: false,
  timer: 0,
  camera: "",
  version: "",
  tell: () => {},
  withdrawn: () => {},
  wiped: () => {},
};

export const isReady = () => state.credential !== null;

export function begin(options) {
  Object.assign(state, options, { roster: 0 });
  clearInterval(state.timer);
  state.timer = setInterval(soon, POLL);
  return soon();
}

export function stop() {
  clearInterval(state.timer);
  Object.assign(state, { key: null, credential: null });
}

// Before whoever holds the gate ends it: no round is under way any more.
export async function quiet() {
  clearInterval(state.timer);
  state.again = false;
  await state.running;
}

export function post(path, body, credential = state.credential) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (credential?.leash) headers.Authorization = `Leash ${credential.device}.${credential.leash}`;
  else if (credential) headers.Authorization = `Gate ${credential.device}.${credential.secret}`;
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(15_000), cache: "no-store" });
}

// A locked gate sends nothing; it asks whether it was withdrawn, with a leash that opens nothing else.
export const askLocked = async (device, leash) => (await post("/door/standing", {}, { device, leash })).status === 410;

// One round after the other; a scan in the middle of a round starts the next one at once.
export function soon() {
  if (!state.credential) return Promise.resolve();
  if (state.running) {
    state.again = true;
    return state.running;
  }
  state.running = round()
    .catch(() => offline())
    .finally(() => {
      state.running = null;
      if (state.again) {
        state.again = false;
        setTimeout(soon, 50);
      }
    });
  return state.running;
}

function offline() {
  gate.offline = true;
  state.tell();
}

function asTold(kept) {
  const fact = dated(kept);
  return {
    key: fact.key,
    number: fact.number,
    guest: fact.guest,
    verdict: fact.kind,
    at: fact.device_at,
    offset: fact.offset,
    scope: fact.scope,
    way: fact.way,
    note: fact.note,
  };
}

async function answersGiven() {
  return (await store.entries("answers")).slice(0, 50).map(([key, answers]) => ({ key, answers }));
}

async function walkIns() {
  const waiting = (await store.all("walk_ins")).filter((row) => row.unsent).slice(0, 20);
  const opened = await Promise.allSettled(waiting.map(async (row) => ({ ...(await unseal(state.key, row.box)), key: row.key })));
  return opened.map((row, place) => row.value ?? { key: waiting[place].key, guest: waiting[place].guest }); // one that does not open becomes a problem in the house
}

// A scan never arrives before the guest it lets in.
async function scansBehind(comers) {
  const behind = new Set((await store.all("walk_ins")).map((row) => row.guest));
  for (const { guest } of comers) behind.delete(guest);
  return (await store.unsent(PORTION)).filter((fact) => !behind.has(fact.guest));
}

// What every contact says: first how far it has counted, then what waits, so that a scan in between is not taken for lost.
async function standing() {
  const numbered = await store.numbered();
  const queue = await store.unsentCount();
  return { numbered, queue, offset: clock.offset(), version: state.version, camera: state.camera };
}

// The clock was not measured since it jumped: this comes before the scans, which are dated by it.
async function measureFirst() {
  if (clock.isMeasured() || !(await store.unsentCount())) return;
  const began = clock.began();
  const answer = await post("/door/sync", await standing());
  const said = await answer.json().catch(() => ({}));
  if (said.now) clock.measure(said.now, began);
}

async function round() {
  await measureFirst();
  const comers = await walkIns();
  const scans = await scansBehind(comers);
  const answers = await answersGiven();
  const wantsRoster = roster.isOpen() && Date.now() - state.roster > ROSTER_EVERY;
  const began = clock.began();
  const answer = await post("/door/sync", {
    scans: scans.map(asTold),
    walk_ins: comers,
    answers,
    after: (await store.get("meta", "after")) ?? 0,
    drawers: wantsRoster ? await roster.digests() : null,
    passes: wantsRoster,
    ...(await standing()),
  });
  if (answer.status === 410) return lastWords(await answer.json().catch(() => ({})), scans, comers, answers);
  gate.unknown = answer.status === 401; // the gate or its event was deleted: nothing goes up any more, and somebody must know
  if (!answer.ok) throw new Error(String(answer.status));
  const said = await answer.json();
  gate.offline = false;
  clock.measure(said.now, began);
  await store.put("meta", clock.offset(), "offset");
  await settle(scans, comers, answers, said.results ?? {});
  await hear(
    said.scans.map(([key, guest, scope, kind, at, name, undoes]) => ({ key, guest, scope, kind, at, gate: name, undoes, unsent: 0 })),
  );
  await store.put("meta", said.after, "after");
  if (said.drawers) await takeRoster(said);
  state.again ||= said.more || scans.length === PORTION;
  state.tell();
}

// Confirmed rows are marked; a row that the house keeps as a problem is there in front of a person, so it is not sent for ever.
async function settle(scans, comers, answers, results) {
  for (const row of answers) if (results[`answers ${row.key}`]) await store.answered(row.key, row.answers);
  const done = scans.filter((fact) => results[fact.key]);
  await store.keepFacts(done.map((fact) => ({ ...fact, unsent: 0 })));
  for (const row of comers) if (results[row.key]) await store.remove("walk_ins", row.key);
}

// Withdrawn: names go at once, the rest when the house has it. Without results the house takes nothing any more, and a person decides.
async function lastWords(said, scans, comers, answers) {
  gate.offline = false;
  const results = said.results ?? {};
  await settle(scans, comers, answers, results);
  await state.withdrawn(Boolean(said.results));
  const waits = (await store.unsentCount()) + (await store.all("walk_ins")).length;
  const fresh = Object.keys(results).length > 0;
  if (!waits && !(fresh && (await store.unsentInAll()))) return wiped();
  state.again ||= fresh;
  state.tell();
}

// The house hears that everything is gone only after it is.
export async function wiped(more = {}, credential = state.credential, wipe = state.wiped) {
  const said = { queue: await store.unsentCount(), numbered: await store.numbered(), ...more };
  await wipe();
  await post("/door/wiped", said, credential).catch(() => {});
}

async function takeRoster(said) {
  await roster.take(said.drawers);
  gate.config = { ...said.gate, listed: true };
  await store.put("meta", gate.config, "config");
  count();
  if (said.passes) await state.keepPasses(said.passes);
  state.roster = Date.now();
}
