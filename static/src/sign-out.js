// Signing out leaves nothing on the device: notes and photographs that wait for the network are named, then deleted with it.
const NAME = "yangui-notes";

// The notes of everybody who used this browser, or none where there never was a note.
function waiting() {
  return new Promise((resolve) => {
    const asked = indexedDB.open(NAME);
    asked.onupgradeneeded = () => asked.transaction.abort(); // there was none: make none
    asked.onerror = () => resolve(0);
    asked.onsuccess = () => {
      const base = asked.result;
      const count = base.transaction("notes").objectStore("notes").count();
      count.onsuccess = () => (base.close(), resolve(count.result));
      count.onerror = () => (base.close(), resolve(0));
    };
  });
}

const forget = () =>
  new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve();
  });

document.querySelector("form[data-sign-out]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const count = await waiting();
  if (count && !confirm(form.dataset.signOut.replace("{count}", count))) return;
  if (count) await forget();
  form.submit();
});
