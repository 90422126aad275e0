// The gate starts without network: its page and what it needs lie in a cache named after the build. FILES stands above, written by the house.
/* global FILES, self */
const ANY = { ignoreVary: true }; // the build's files are the same whoever asks
const CACHE = `yangui-door-${FILES.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.list)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("yangui-door-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))));
  event.waitUntil(self.clients.claim());
});

// The language a gate was put to outlives the build and a restart, whose address does not name it.
async function inItsLanguage(url) {
  try {
    const store = await caches.open("yangui-gate-language");
    const named = url.searchParams.get("lang");
    if (FILES.languages.includes(named)) await store.put("/door/", new Response(named));
    else {
      const kept = await store.match("/door/");
      if (kept) url.searchParams.set("lang", await kept.text());
    }
  } catch {
    // the memory of the device is full: the house's language, and the gate opens all the same
  }
  return url.href;
}

// The page: from the network when it answers in time, so that a new version comes in; else from the cache. Everything else of the build: cache first.
async function answer(request) {
  const cache = await caches.open(CACHE);
  const page = request.mode === "navigate";
  if (!page) return (await cache.match(request, ANY)) ?? fetch(request);
  const address = await inItsLanguage(new URL(request.url));
  try {
    const told = await fetch(address, { signal: AbortSignal.timeout(2500) });
    if (told.ok && !told.redirected) return told; // not the error of a proxy, nor the page of a hotel's network
    throw new Error(String(told.status));
  } catch {
    return (await cache.match(address, ANY)) ?? (await cache.match("/door/", ANY)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
