// The gate's clock with two clocks that the test moves. Prints what does not agree. Bundled by the test with esbuild.
import { makeClock } from "../../static/src/door/clock.js";

const HOUR = 3_600_000;
const MONTH = 30 * 24 * HOUR;
const wrong = [];
let ran = 0;

// A device: `truth` is the house's time, `wrong` what its clock is off by, `slept` what the running clock missed.
function device(off = 0) {
  const here = { truth: 1_790_000_000_000, off, slept: 0 };
  here.clock = makeClock(
    () => here.truth + here.off,
    () => here.truth - 1_789_999_000_000 - here.slept,
    "one load",
  );
  here.pass = (ms) => (here.truth += ms);
  here.jump = (ms) => (here.off += ms);
  here.sleep = (ms) => ([here.truth, here.slept] = [here.truth + ms, here.slept + ms]);
  here.contact = () => {
    const began = here.clock.began();
    here.clock.measure(here.truth, began);
  };
  here.scan = () => ({ truth: here.truth, kept: here.clock.stamp() });
  return here;
}

function near(what, found, wanted, within = 1) {
  ran += 1;
  if (!(Math.abs(found - wanted) <= within)) wrong.push({ what, found, wanted });
}

function sent(what, here, scans) {
  here.contact();
  for (const { truth, kept } of scans) {
    const told = here.clock.dated(kept);
    near(what, told.at, truth);
    near(`${what}: as it is told`, told.device_at + told.offset, truth);
  }
}

{
  const here = device(10 * 60_000);
  here.contact();
  here.pass(5000);
  near("a clock that is always wrong", here.scan().kept.at, here.truth);
}
for (const size of [-HOUR, HOUR, -MONTH, MONTH]) {
  const here = device();
  here.contact();
  const scans = [];
  for (const jump of [0, size, 0, -size, 0]) {
    here.jump(jump);
    here.pass(20_000);
    scans.push(here.scan());
    here.pass(20_000);
  }
  sent(`set by ${size / HOUR} h for seconds and set back, without network`, here, scans);
}
for (const size of [-MONTH, -HOUR, HOUR, MONTH]) {
  const here = device();
  here.contact();
  here.jump(size);
  here.pass(20_000);
  ran += 1;
  if (here.clock.isMeasured()) wrong.push("a jump is not noticed");
  sent(`set by ${size / HOUR} h`, here, [here.scan()]);
}
{
  const here = device();
  here.contact();
  here.jump(-HOUR);
  here.pass(1000);
  near("set back: known at once", here.clock.houseNow(), here.truth);
  here.jump(HOUR);
  here.pass(1000);
  near("and put right again: known at once", here.clock.houseNow(), here.truth);
}
{
  const here = device();
  here.contact();
  here.jump(MONTH);
  here.pass(1000);
  near("set forward by a month: known at once", here.clock.houseNow(), here.truth);
  here.jump(-MONTH);
  here.pass(1000);
  near("and set back: known at once", here.clock.houseNow(), here.truth);
}
{
  const here = device(1000);
  here.contact();
  const before = here.scan();
  here.sleep(3 * HOUR);
  const after = here.scan();
  near("it slept: known at once", after.kept.at, here.truth);
  here.pass(5000);
  sent("it slept, without network", here, [before, after]);
}
{
  const here = device();
  here.clock.start(0);
  const before = here.scan();
  here.jump(-HOUR);
  here.pass(1000);
  near("set back before the first contact", here.clock.houseNow(), here.truth);
  sent("the page was opened without network", here, [before, here.scan()]);
}
{
  const here = device();
  here.contact();
  const kept = { ...here.scan().kept, load: "another load", at: 5, device_at: 4, offset: 1 };
  ran += 1;
  if (here.clock.dated(kept) !== kept) wrong.push("a scan of another load is left as it was dated then");
}
console.log(JSON.stringify({ ran, wrong }));
