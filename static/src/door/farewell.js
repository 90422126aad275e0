// The end of a gate. Withdrawn, it sends what waits and wipes then; locked, it says that it cannot send, and keeps what waits until somebody opens it
// or says that it shall be thrown away. Given up by whoever holds it, it warns before it forgets.
import { gate } from "./gate.js";
import * as store from "./store.js";
import * as sync from "./sync.js";

export function farewell(page, said, deeds) {
  const box = page.querySelector("#withdrawn");
  const part = (name) => box.querySelector(`[data-part=${name}]`);
  const form = (name) => page.querySelector(`form[data-form=${name}]`);

  // Withdrawn, with something on it that the house does not have. `takes`: whether the house still takes it; `locked`: whether the PIN is wanted.
  async function waits({ takes, locked, offline }) {
    const held = await store.unsentInAll();
    part("left").textContent = said.left.replace("{n}", held);
    part("state").textContent = !takes ? said.tooLate : locked ? said.lockedLeft : offline ? said.offlineLeft : said.sendingLeft;
    form("last-words").hidden = !locked || !takes;
    for (const name of ["waits", "gone"]) part(name).hidden = name !== "waits";
  }

  function gone() {
    for (const name of ["waits", "gone"]) part(name).hidden = name !== "gone";
  }

  function submitted(name, deed) {
    form(name).addEventListener("submit", async (event) => {
      event.preventDefault();
      const [fault, fields] = [event.target.querySelector(".field-error"), event.target.elements];
      fault.textContent = await deed(fields).catch(() => said.failed);
    });
  }

  const warned = async ({ sure }) => {
    const held = await store.unsentInAll();
    return held && !sure.checked ? said.sureFirst.replace("{n}", held) : "";
  };

  submitted("last-words", async ({ pin }) => {
    const wrong = await deeds.open(pin.value);
    pin.value = "";
    return wrong;
  });
  const leash = async () => ({ device: gate.device, leash: await store.get("meta", "leash") });

  // No round is under way any more, and none has ended the gate meanwhile.
  async function ended(more, credential) {
    await sync.quiet();
    if (gate.config) await sync.wiped(more, credential, deeds.wiped);
    return "";
  }

  const throwAway = async () => ended({}, sync.isReady() ? undefined : await leash());
  submitted("throw-away", async (fields) => (await warned(fields)) || throwAway());
  submitted("forget", async (fields) => (await warned(fields)) || ended({ given_up: true }));

  // A browser may delete what a page keeps unless it promised not to.
  async function promise() {
    const kept = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.());
    page.querySelector("#kept").textContent = kept ? said.kept : said.mayForget;
    page.querySelector("#kept").dataset.kept = kept ? "yes" : "no";
  }

  return { waits, gone, leash, throwAway, promise: () => promise().catch(() => {}) };
}
