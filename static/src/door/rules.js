// Who may pass a gate. Says the same as outreach/checkin/rules.py; tests/vectors/door.json is run by both.
const MOVING_MS = 60_000;
const OF_STATE = {
  replaced: "replaced",
  cancelled: "cancelled",
  declined: "cancelled",
  waiting: "waiting",
  offered: "waiting",
  pending: "approval",
};

const fresh = (ticket, now) => ticket.signed === true && ticket.made_at !== null && Math.abs(now - 1000 * ticket.made_at) <= MOVING_MS;

// An old picture of a moving code. Of a guest nobody knows, the ticket itself says whether it moves.
function stale(guest, ticket, now) {
  if (!ticket || (!guest && ticket.made_at === null)) return false;
  return (!guest || guest.moving) && !fresh(ticket, now);
}

const mine = (letter, letters) => !letters || (letters[0] <= letter && letter <= letters[letters.length - 1]);

export function judge({ guest, gate, ticket, inside, now, offline = false, out = false }) {
  if (ticket && ticket.signed === false) return "forged";
  if (!guest && !(ticket && ticket.signed)) return "unknown";
  if (gate.off) return "cancelled";
  if (guest && OF_STATE[guest.state]) return OF_STATE[guest.state];
  if (stale(guest, ticket, now)) return "stale";
  if (gate.opens !== null && now < gate.opens) return "early";
  if (gate.closes !== null && now > gate.closes) return "late";
  if (guest && gate.types.length && !gate.types.includes(guest.type)) return "wrong_gate";
  if (out) return "left";
  if (inside) return "already";
  // signed, and registered after the gate last heard of the house: its type and surname are not known here
  return guest && offline && !mine(guest.letter, gate.letters) ? "elsewhere" : "admitted";
}
