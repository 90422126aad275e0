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
const mine = (letter, letters) => !letters || (letters[0] <= letter && letter <= letters[letters.length - 1]);

export function judge({ guest, gate, ticket, inside, now, offline = false, out = false }) {
  if (ticket && ticket.signed === false) return "forged";
  if (!guest) return ticket && ticket.signed ? "admitted" : "unknown";
  if (gate.off) return "cancelled";
  if (OF_STATE[guest.state]) return OF_STATE[guest.state];
  if (guest.moving && ticket && !fresh(ticket, now)) return "stale";
  if (gate.opens !== null && now < gate.opens) return "early";
  if (gate.closes !== null && now > gate.closes) return "late";
  if (gate.types.length && !gate.types.includes(guest.type)) return "wrong_gate";
  if (out) return "left";
  if (inside) return "already";
  return offline && !mine(guest.letter, gate.letters) ? "elsewhere" : "admitted";
}
