// What all scans together say. Says the same as outreach/checkin/merging.py; tests/vectors/door.json is run by both.
export const placeOf = (guest, scope) => `${guest} ${scope}`;

// facts: {key, guest, scope, kind, at, undoes}. Gives entries and inside (place -> key) and doubles ([standing, second] keys).
export function merge(facts) {
  const known = new Map([...facts].map((fact) => [fact.key, fact]));
  const undone = new Set([...known.values()].filter((fact) => fact.kind === "undone").map((fact) => fact.undoes));
  const order = (one, two) => one.at - two.at || (one.key < two.key ? -1 : 1);
  const [entries, inside, doubles] = [new Map(), new Map(), []];
  for (const fact of [...known.values()].sort(order)) {
    const place = placeOf(fact.guest, fact.scope);
    if (fact.kind === "left") inside.delete(place);
    else if (fact.kind === "admitted" && !undone.has(fact.key)) {
      if (inside.has(place)) doubles.push([inside.get(place), fact.key]);
      else {
        inside.set(place, fact.key);
        if (!entries.has(place)) entries.set(place, fact.key);
      }
    }
  }
  return { entries, inside, doubles };
}
