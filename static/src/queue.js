// Notes and photographs of a project: they are kept on this device until the house has them, so that a site without network loses none.
// Each has a name of its own (`key`): one that was sent and not answered is not written twice. Only rows of who is signed in are sent.
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

// {answer, taken}: what the house says, and whether it has the note. It leads from a note that it took to the page of its project, and from
// nothing else. Null when there is no network.
async function send(row) {
  const body = new FormData();
  body.set("csrf_token", token());
  for (const [name, value] of row.fields) body.append(name, value);
  try {
    const answer = await fetch(row.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const project = new URL(row.action).pathname.replace(/\/notes$/, "");
    return { answer, taken: answer.ok && answer.redirected && new URL(answer.url).pathname === project };
  } catch {
    return null;
  }
}

async function why(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = page.querySelector("#notes .field-error, [role=alert], .problem, h1");
  return said?.textContent.trim() || String(answer.status);
}

// What only waits for a better moment: no network, somebody must sign in again, too many at once, a fault in the house.
const later = (said) =>
  !said || (said.answer.ok && !said.taken) || [400, 401, 403, 429].includes(said.answer.status) || said.answer.status >= 500;

// Rows one by one; what the house refuses stays in sight with its reason.
async function flush() {
  let sent = 0;
  for (const row of await mine()) {
    if (row.refused) continue;
    const said = await send(row);
    if (later(said)) break;
    sent += said.taken;
    const refused = said.taken ? "" : await why(said.answer);
    await deed("readwrite", (store) => (refused ? store.put({ ...row, refused }) : store.delete(row.key)));
  }
  await show();
  return sent;
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-plain btn-small";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

const drop = async (row) => (await deed("readwrite", (store) => store.delete(row.key)), show());

// Back into the form, with its files and its name, to be changed and sent again; it stays on the device until the house has it.
function takeUp(row) {
  const files = new DataTransfer();
  for (const [name, value] of row.fields) {
    if (value instanceof File) files.items.add(value);
    else if (name in form.elements) form.elements[name].value = value;
  }
  form.elements.attached.files = files.files;
  form.elements.text.focus();
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
      if (row.action === form.action) line.append(button(list.dataset.wordsTakeUp, () => takeUp(row)));
      line.append(button(list.dataset.wordsRemove, () => confirm(list.dataset.wordsSure) && drop(row)));
      return line;
    }),
  );
}

// Every note is on this device before it is sent: whatever happens on the way, it is not lost.
async function submit() {
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && !(value instanceof File && !value.name));
  const size = fields.reduce((sum, [, value]) => sum + (value.size ?? value.length), 0);
  form.querySelector("[data-queue-large]").hidden = size < Number(form.dataset.most);
  if (size >= Number(form.dataset.most)) return;
  const row = { key: form.elements.key.value, user, action: form.action, about: form.dataset.about, fields };
  await deed("readwrite", (store) => store.put(row));
  form.reset();
  form.elements.key.value = fresh();
  await show();
  if (navigator.onLine) await deliver();
}

// What the house has now stands in the list; nothing else of the page is touched: somebody may be writing.
async function deliver() {
  if (!(await flush())) return;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-notes]");
  if (fresh) document.querySelector("[data-notes]").replaceWith(fresh);
}

if (form && globalThis.indexedDB) {
  form.addEventListener("submit", (event) => {
    form.elements.noted_at.value = Date.now();
    if (!form.elements.text.value.trim()) return; // the house says what is missing
    event.preventDefault();
    form.querySelector("button[type=submit]").disabled = true;
    submit().finally(() => (form.querySelector("button[type=submit]").disabled = false));
  });
  addEventListener("online", deliver);
  deliver();
}
