// 断网演练: the rehearsal's guests live in memory only; nothing of it touches the real list, the disk or the house but a report.
import { fromBase64 } from "./base.js";
import { gate } from "./gate.js";
import { judge } from "./rules.js";
import { post } from "./sync.js";
import { doorId, genuine, read } from "./ticket.js";

let running = null;

export const isRunning = () => running !== null;

export async function start() {
  const answer = await post("/door/rehearsal", {});
  if (!answer.ok) return false;
  const said = await answer.json();
  running = {
    id: said.id,
    key: fromBase64(said.key),
    guests: new Map(said.rows.map((row) => [row[0], row])),
    inside: new Set(),
    times: [],
    offline: 0,
    verdicts: {},
  };
  return true;
}

export async function scanned(text) {
  const began = performance.now();
  const ticket = read(text);
  if (!ticket) return { verdict: "unknown", row: null };
  const signed = ticket.signature ? await genuine(ticket, running.key) : null;
  return answer(await doorId(ticket.code), { signed, made_at: null }, began);
}

// Its guests are found by name too, as the real ones are.
export function search(text) {
  const name = text.trim().toLowerCase();
  const rows = [...running.guests.values()].filter((row) => name.length > 1 && (row[4].startsWith(name) || row[10].startsWith(name)));
  return rows.slice(0, 8).map(shown);
}

export const admitted = (row) => answer(row.id, null, performance.now());

const shown = (row) => ({ id: row[0], name: row[4], company: row[5], tail: row[9], type: null, state: row[2] });

function answer(id, ticket, began) {
  const row = running.guests.get(id);
  const guest = row ? { state: row[2], type: null, moving: false, letter: "" } : null;
  const rules = { types: [], letters: "", opens: null, closes: null, off: false };
  const verdict = judge({ guest, gate: rules, ticket, inside: running.inside.has(id), now: Date.now() });
  if (verdict === "admitted") running.inside.add(id);
  running.times.push(performance.now() - began);
  running.offline += gate.offline ? 1 : 0;
  running.verdicts[verdict] = (running.verdicts[verdict] ?? 0) + 1;
  return { verdict, row: row ? shown(row) : null, key: "", note: "" };
}

// The device's findings; sent when there is network, again and again until the rehearsal ends.
export async function report() {
  if (!running || !running.times.length || gate.offline) return;
  const times = [...running.times].sort((one, two) => one - two);
  await post("/door/report", {
    scans: times.length,
    offline_scans: running.offline,
    median_ms: Math.round(times[Math.floor(times.length / 2)]),
    slowest_ms: Math.round(times[times.length - 1]),
    verdicts: running.verdicts,
  }).catch(() => {});
}

export async function end() {
  await report();
  running = null;
}
