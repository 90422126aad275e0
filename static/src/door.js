// A gate in an ordinary browser: joins by a one-time invitation, opens with its PIN, scans with or without network.
import { readsWith } from "./door/decode.js";
import { eyes } from "./door/eye.js";
import { farewell } from "./door/farewell.js";
import { admitted, arrived, clock, forgetLast, gate, load, scanned } from "./door/gate.js";
import { forms } from "./door/forms.js";
import * as rehearse from "./door/rehearse.js";
import * as roster from "./door/roster.js";
import { freshKey, leashOf, lock, unlock } from "./door/seal.js";
import { makeScreen } from "./door/screen.js";
import * as store from "./door/store.js";
import * as sync from "./door/sync.js";
import * as turn from "./door/turn.js";
import * as walkin from "./door/walkin.js";

const page = document.querySelector("#door");
const said = JSON.parse(page.dataset.words);
const parts = Object.fromEntries(["join", "withdrawn", "elsewhere", "gate"].map((name) => [name, page.querySelector(`#${name}`)]));
const end = farewell(page, said, { open: (pin) => enter(pin, syncWith), wiped });
const screen = makeScreen(page, said, (row) => act(() => admitted(row, "name", true)));
const HOUR = 3_600_000;
const QUIET_PINS = 5; // wrong PINs in a row before the gate waits
let wrong = 0;
let stopSeeing = null; // the camera's buttons are wired once
let gone = false; // another tab is the gate, or it was withdrawn
let ending = null; // {takes} of a withdrawn gate: whether the house still takes what waits
let waiting = 0; // what the house does not have

const only = (name) => Object.entries(parts).forEach(([key, part]) => (part.hidden = key !== name));
const element = (name) => page.querySelector(`#${name}`);

async function act(deed) {
  if (gone) return "";
  let result = null;
  try {
    result = await deed();
    screen.show(result);
  } catch (fault) {
    screen.trouble({ QuotaExceededError: said.full, NoList: said.noList }[fault.name] ?? said.failed);
  }
  tell();
  sync.soon();
  return result?.verdict;
}

const find = (text) => (rehearse.isRunning() ? rehearse.search(text) : roster.search(text));
const admit = (row) => act(() => (rehearse.isRunning() ? rehearse.admitted(row) : admitted(roster.byId(row.id) ?? row, "name")));
const scan = (text, way) => act(() => (rehearse.isRunning() ? rehearse.scanned(text) : scanned(text, way)));

async function tell() {
  if (!gate.config) return;
  const scans = await store.unsentCount();
  waiting = await store.unsentInAll();
  const unlocked = roster.isOpen();
  element("gate-name").textContent = gate.config.name;
  element("event-name").textContent = gate.config.event;
  element("line").dataset.line = gate.offline ? "off" : "on";
  element("line").textContent = gate.unknown ? said.unknownGate : !unlocked ? said.locked : gate.offline ? said.offline : said.online;
  element("queue").textContent = scans ? said.waiting.replace("{n}", scans) : said.sent;
  element("arrived").textContent = `${arrived()} / ${unlocked ? roster.size() : "–"}`;
  element("unlock").hidden = unlocked;
  element("open-gate").hidden = !unlocked;
  element("direction").hidden = gate.config.rule !== "in_out";
  element("walk-in").hidden = rehearse.isRunning(); // a guest who does not exist is not entered
  element("rehearse").hidden = !(unlocked && gate.config.rehearsal) && !rehearse.isRunning();
  element("rehearse").textContent = rehearse.isRunning() ? said.endRehearsal : said.startRehearsal;
  page.dataset.rehearsal = rehearse.isRunning() ? "on" : "off";
  if (rehearse.isRunning() && !gate.config.rehearsal) await rehearse.end();
  await rehearse.report();
}

// Withdrawn: nobody is scanned here any more and the names go. What the house does not have is sent by whoever has the PIN.
async function withdrawn(takes = ending?.takes ?? true) {
  const first = !ending;
  [gone, ending] = [true, { takes }];
  if (first) {
    roster.close();
    walkin.close();
    forgetLast();
    screen.clear();
    stopSeeing?.();
    await store.put("meta", true, "withdrawn");
    await store.wipeNames();
  }
  waiting = await store.unsentInAll();
  await end.waits({ takes, locked: !sync.isReady(), offline: gate.offline });
  only("withdrawn");
}

async function wiped() {
  [gone, ending, gate.config] = [true, null, null]; // nothing is read any more of what goes
  close();
  stopSeeing?.();
  await store.wipe();
  waiting = 0;
  end.gone();
  only("withdrawn");
}

const syncWith = ({ key, credential }) =>
  sync.begin({
    key,
    credential,
    camera: readsWith(),
    version: page.dataset.version,
    keepPasses: walkin.keepPasses,
    withdrawn,
    wiped,
    tell: () => (ending ? withdrawn() : tell()).catch(() => {}),
  });

async function openWith(opened) {
  await roster.open(opened.key);
  await walkin.open(opened.key);
  await store.put("meta", Date.now(), "opened");
  syncWith(opened);
  end.promise();
  await tell();
}

function close() {
  sync.stop();
  roster.close();
  walkin.close();
  forgetLast();
  screen.clear();
  gate.offline = true; // locked, it hears nothing: others' letters are amber
  tell();
}

async function join(pin, givesUp) {
  const held = await store.unsentInAll();
  element("give-up").hidden = !held;
  if (held && !givesUp) return said.unsentFirst.replace("{n}", held);
  const began = clock.began();
  const answer = await sync.post(`/door/join${location.search}`, { token: location.hash.slice(1) }, null);
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) return told.reason || said.failed;
  await store.wipe();
  const key = await freshKey();
  const credential = { device: told.device, secret: told.secret };
  Object.assign(gate, { device: told.device, config: told.gate });
  clock.measure(told.now, began);
  await store.put("meta", await lock(pin, key, credential), "locked");
  await store.put("meta", told.device, "device");
  await store.put("meta", await leashOf(told.secret), "leash");
  await store.put("meta", told.gate, "config");
  history.replaceState(null, "", `/door/${location.search}`);
  await begin();
  await openWith({ key, credential });
  return "";
}

async function enter(pin, then = openWith) {
  if (wrong >= QUIET_PINS) return said.tooMany;
  const opened = await unlock(pin, await store.get("meta", "locked")).catch(() => null);
  if (!opened) {
    wrong += 1;
    if (wrong >= QUIET_PINS) setTimeout(() => (wrong = 0), 60_000);
    return said.wrongPin;
  }
  wrong = 0;
  await then(opened);
  return "";
}

async function walkIn(name, mobile, company) {
  const handed = await walkin.hand(name, mobile, company);
  if (!handed) return null;
  await act(() => admitted({ ...handed.row, type: gate.config.walk_in }, "walk_in", true));
  return handed.ticket;
}

async function begin() {
  await load();
  only("gate");
  stopSeeing ??= eyes(page, page.dataset.wasm, said, scan, (reason) => screen.trouble(said[reason]));
  await tell();
}

// Nobody unlocked it for hours: it wants its PIN again. Locked, it asks whether it was withdrawn.
setInterval(async () => {
  if (gone) return;
  const locked = !roster.isOpen() && gate.config && (await end.leash());
  if (locked?.leash && (await sync.askLocked(locked.device, locked.leash).catch(() => false))) {
    return (await store.unsentInAll()) ? withdrawn() : end.throwAway();
  }
  const opened = await store.get("meta", "opened");
  if (roster.isOpen() && gate.config && Date.now() - (opened ?? 0) > gate.config.lock_hours * HOUR) close();
}, 15_000);

// What waits is not lost with the page, but nobody sends it: whoever leaves is asked.
addEventListener("beforeunload", (event) => waiting && event.preventDefault());
addEventListener("online", () => sync.soon());
// the one-time invitation stands behind the address: another language keeps it
for (const link of page.querySelectorAll("[data-keeps-invitation]")) link.addEventListener("click", () => (link.hash = location.hash));
element("lock-now").addEventListener("click", close);
element("direction").addEventListener("change", (event) => (gate.out = event.target.value === "out"));
element("rehearse").addEventListener("click", async () => {
  await (rehearse.isRunning() ? rehearse.end() : rehearse.start());
  tell();
});
forms(page, said, { join, enter, walkIn, find, admit, scan, passes: walkin.left });
element("take-over").addEventListener("click", async () => {
  if (await turn.take(leave, true)) await start();
});

// Ticks: a clock that jumps between two scans is noticed.
setInterval(clock.look, 1000);

navigator.serviceWorker?.register("/door/worker.js", { scope: "/door/" }).catch(() => {});

// Another tab is the gate from now on.
async function leave() {
  gone = true;
  close();
  stopSeeing?.();
  await store.shut();
  only("elsewhere");
}

async function start() {
  gone = false;
  const device = await store.get("meta", "device");
  if (device && location.hash.length < 20) {
    Object.assign(gate, {
      device,
      config: await store.get("meta", "config"),
      offline: true,
    });
    clock.start((await store.get("meta", "offset")) ?? 0);
    if (await store.get("meta", "withdrawn")) await withdrawn();
    else await begin();
  } else only("join");
}

if (await turn.take(leave)) await start();
else only("elsewhere");
page.dataset.ready = "yes";
