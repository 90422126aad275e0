// One tab of a browser is the gate: two would hand out the same pass and not hear of each other's guests.
const NAME = "yangui-door";
const locks = navigator.locks;

// Whether this tab is the gate from here on; `taken()` is called when another one takes over. A browser without locks has to be trusted.
export function take(taken, steal = false) {
  if (!locks) return Promise.resolve(true);
  return new Promise((answer) => {
    const held = (lock) => {
      answer(Boolean(lock));
      return lock ? new Promise(() => {}) : null;
    };
    locks.request(NAME, steal ? { steal } : { ifAvailable: true }, held).catch(taken);
  });
}
