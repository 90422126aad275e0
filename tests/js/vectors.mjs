// Runs the vectors of tests/vectors/ through the modules that gates run, and prints what does not agree. Bundled by the test with esbuild.
import { readFileSync } from "node:fs";
import { fromBase64, toBase32, toBase64 } from "../../static/src/door/base.js";
import * as people from "../../static/src/door/people.js";
import { merge } from "../../static/src/door/merge.js";
import { judge } from "../../static/src/door/rules.js";
import { doorId, genuine, read, rowKey } from "../../static/src/door/ticket.js";

const load = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, process.env.VECTORS), "utf8"));
const [tickets, door, who] = [load("tickets"), load("door"), load("people")];
const wrong = [];
let ran = 0;

function same(what, found, wanted) {
  ran += 1;
  if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push({ what, found, wanted });
}

const key = fromBase64(tickets.key);
for (const { say, code, signed, made_at, door_id, row_key } of tickets.tickets) {
  const ticket = read(say);
  same(`code of ${say}`, toBase32(ticket.code), code);
  same(`signature of ${say}`, ticket.signature ? await genuine(ticket, key) : null, signed);
  same(`moment of ${say}`, ticket.madeAt, made_at);
  same(`door id of ${code}`, await doorId(ticket.code), door_id);
  same(`row key of ${code}`, toBase64(await rowKey(ticket.code)), row_key);
}
for (const say of tickets.none) same(`no ticket: ${say}`, read(say), null);
for (const { why, asked, verdict } of door.rules) same(why, judge(asked), verdict);
for (const { why, facts, inside, doubles } of door.merges) {
  for (const order of [facts, [...facts].reverse()]) {
    const merged = merge(order);
    same(`${why}: inside`, [...merged.inside].map(([place, name]) => [...place.split(" "), name]).sort(), inside);
    same(`${why}: doubles`, merged.doubles, doubles);
  }
}
for (const { typed, e164 } of who.numbers) same(`number ${typed}`, people.mobile(typed), e164);
for (const { typed, name } of who.names) same(`name ${typed}`, people.name(typed), name);
console.log(JSON.stringify({ ran, wrong }));
