// Runs tests/vectors/asked.json through the rule of the guests' pages, and prints what does not agree.
import { readFileSync } from "node:fs";
import { asked } from "../../static/src/asked.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/asked.json", process.env.VECTORS), "utf8"));
const wrong = [];
for (const { why, questions, type, given, asked: wanted } of vectors) {
  const boxes = questions.map(({ id, types, when_id: whenId, when_value: whenValue }) => ({
    id: String(id),
    types: types?.map(String),
    whenId: whenId && String(whenId),
    whenValue,
  }));
  const found = [...asked(boxes, type ? String(type) : "", (id) => given[id] ?? [])].map(Number);
  if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push({ why, found, wanted });
}
console.log(JSON.stringify({ ran: vectors.length, wrong }));
