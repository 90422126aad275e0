// The house's time on a device whose clock may jump. The offset is measured at each contact; between two contacts a second clock, which nobody sets,
// runs beside the device's own. A clock that was set back shows by itself. One that was set forward looks like a device that slept: the next
// contact tells the two apart, and scans are dated by it before they are sent. Nobody lets a gate sleep for days: then it was set forward.
const STEADY = 1500; // two clocks that differ by less did not jump
const LONGEST_SLEEP = 48 * 3_600_000;

export function makeClock(wall = () => Date.now(), running = () => performance.now(), load = crypto.randomUUID()) {
  let offset = 0;
  let measured = null; // {house, running, stretch} of the last contact
  let anchor = null; // the same, or before the first contact what the page began with
  let ahead = 0; // by so much it was set forward since
  let stretch = 0; // counts the times between two jumps
  let seen = { wall: wall(), running: running() };

  // The clock jumped, or the device slept, since the last look: another stretch begins.
  function look() {
    const now = { wall: wall(), running: running() };
    const jump = now.wall - seen.wall - (now.running - seen.running);
    if (Math.abs(jump) > STEADY) stretch += 1;
    if (jump > LONGEST_SLEEP) ahead += jump;
    if (jump < -STEADY) ahead = Math.max(0, ahead + jump);
    seen = now;
  }

  function houseNow() {
    look();
    const byWall = wall() + offset - ahead;
    return Math.round(anchor ? Math.max(byWall, anchor.house + running() - anchor.running) : byWall);
  }

  // The house said that it was `house` then, half way between `began` (a moment of the running clock) and now.
  function measure(house, began) {
    look();
    const middle = (began + running()) / 2;
    offset = Math.round(house - (wall() - (running() - middle)));
    ahead = 0;
    anchor = measured = { house, running: middle, stretch };
  }

  // What was measured before this page was opened.
  function start(kept) {
    offset = kept;
    anchor = { house: wall() + kept, running: running() };
  }

  // What is kept with a scan.
  function stamp() {
    const at = houseNow();
    const device_at = wall();
    return { at, device_at, offset: at - device_at, ran: Math.round(running()), load, stretch };
  }

  // The same stamp by what the last contact measured.
  function dated(kept) {
    if (!measured || kept.load !== load) return kept;
    if (kept.stretch === measured.stretch) return { ...kept, offset, at: kept.device_at + offset };
    const at = Math.min(kept.at, Math.round(measured.house + kept.ran - measured.running)); // never later than the running clock says
    return { ...kept, at, offset: at - kept.device_at };
  }

  return {
    look,
    houseNow,
    measure,
    start,
    stamp,
    dated,
    offset: () => offset,
    began: running,
    // Whether the offset was measured since the last jump.
    isMeasured: () => (look(), measured?.stretch === stretch),
  };
}
