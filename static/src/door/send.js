// Sending a scan: the device names it once, so that a retry on a bad network is the same scan and never counts twice.
const TRIES = 4;

export function newKey() {
  return globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(16).slice(2).padEnd(12, "0")}`;
}

export async function send(address, token, scan) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify(scan),
        signal: AbortSignal.timeout(6000),
      });
      if (answer.status < 500) return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
    } catch {
      // no network, or too slow: the same scan goes out again
    }
    if (attempt >= TRIES) return { status: 0 };
    await new Promise((done) => setTimeout(done, 400 * attempt));
  }
}
