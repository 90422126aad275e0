// Notes and photographs from a site without network: they wait on this device and go out by themselves. Each has a name of its own
// (`key`), so that one which was sent and not answered is not written twice. Only rows of who is signed in are sent.
const STORE = "notes";
const form = document.querySelector("form[data-queue]");
const user = form?.dataset.queue;

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("yangui-notes", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function deed(mode, act) {
  const base = await opened();
  return new Promise((resolve, reject) => {
    const turn = base.transaction(STORE, mode);
    const asked = act(turn.objectStore(STORE));
    turn.oncomplete = () => (base.close(), resolve(asked?.result));
    turn.onerror = turn.onabort = () => (base.close(), reject(turn.error));
  });
}

const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const mine = async () => (await deed("readonly", (store) => store.getAll())).filter((row) => row.user === user);
const token = () => document.querySelector("input[name=csrf_token]").value;

// The house's answer; null when there is no network.
async function send(row) {
  const body = new FormData();
  body.set("csrf_token", token());
  for (const [name, value] of row.fields) body.append(name, value);
  try {
    return await fetch(row.action, { method: "POST", body, headers: { Accept: "text/html" } });
  } catch {
    return null;
  }
}

async function why(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = page.querySelector("#notes .field-error, [role=alert], .problem, h1");
  return said?.textContent.trim() || String(answer.status);
}

// Rows one by one; what the house refuses stays in sight with its reason.
async function flush() {
  let sent = 0;
  for (const row of await mine()) {
    if (row.refused) continue;
    const answer = await send(row);
    if (!answer || answer.status === 401 || answer.status >= 500 || answer.status === 429) break; // later
    if (answer.ok) sent += 1;
    const refused = answer.ok ? "" : await why(answer);
    await deed("readwrite", (store) => (answer.ok ? store.delete(row.key) : store.put({ ...row, refused })));
  }
  await show();
  return sent;
}

async function show() {
  const box = document.querySelector("[data-queue-list]");
  const list = box.querySelector("[data-queue-rows]");
  const rows = await mine();
  box.hidden = !rows.length;
  box.querySelector("[data-queue-count]").textContent = rows.length;
  list.replaceChildren(
    ...rows.map((row) => {
      const line = document.createElement("li");
      const words = row.fields.find(([name]) => name === "text")[1];
      line.textContent = `${row.about}: ${words}${row.refused ? ` (${list.dataset.wordsRefused} ${row.refused})` : ""} `;
      const away = document.createElement("button");
      away.type = "button";
      away.className = "btn btn-plain btn-small";
      away.textContent = list.dataset.wordsRemove;
      away.addEventListener("click", async () => {
        await deed("readwrite", (store) => store.delete(row.key));
        await show();
      });
      line.append(away);
      return line;
    }),
  );
}

// With network the note goes out at once; what the house refuses it says on the page, as with any other form.
async function submit() {
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && !(value instanceof File && !value.name));
  const key = form.elements.key.value;
  const row = { key, user, action: form.action, about: form.dataset.about, fields };
  const answer = navigator.onLine ? await send(row) : null;
  if (answer?.ok) return location.reload();
  if (answer) return form.submit();
  await deed("readwrite", (store) => store.put(row));
  form.reset();
  form.elements.key.value = fresh();
  await show();
}

if (form && globalThis.indexedDB) {
  form.addEventListener("submit", (event) => {
    form.elements.noted_at.value = Date.now();
    if (!form.elements.text.value.trim()) return; // the house says what is missing
    event.preventDefault();
    form.querySelector("button[type=submit]").disabled = true;
    submit().finally(() => (form.querySelector("button[type=submit]").disabled = false));
  });
  addEventListener("online", async () => {
    if (await flush()) location.reload();
  });
  flush().then((sent) => sent && location.reload());
}
