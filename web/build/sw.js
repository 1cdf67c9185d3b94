// Keeps the page usable without a network, and adds the headers that let its workers share
// memory where the host sends none. The build fills in the lists.
const version = "@VERSION@";
const shell = "@SHELL@";
const rest = "@REST@";

const name = `isolab-${version}`;
/** Names that change with the content: the build's assets, and runtimes in a folder of their version. */
const named = /\/(assets|runtimes)\//;
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", (event) => {
  // A newer worker waits until the pages of the older one are closed, so that none of them
  // loses the files that it was built with.
  event.waitUntil(keep(shell));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldVersions().then(() => self.clients.claim()));
});

// The large runtimes come once the page is up, so that they do not delay it.
self.addEventListener("message", (event) => {
  if (event.data === "keep-the-rest") event.waitUntil(keep(rest));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  event.respondWith(answer(event.request).then(isolated));
});

async function keep(files) {
  const cache = await caches.open(name);
  for (const file of files) {
    if (!(await cache.match(file))) await cache.add(new Request(file, { cache: "no-cache" }));
  }
}

async function dropOldVersions() {
  const names = await caches.keys();
  const old = names.filter((other) => other.startsWith("isolab-") && other !== name);
  await Promise.all(old.map((other) => caches.delete(other)));
}

// Files named by their content never change; anything else is asked for anew while there is a network.
async function answer(request) {
  const cache = await caches.open(name);
  const kept = await cache.match(request.mode === "navigate" ? "./" : request, { ignoreSearch: true });
  if (!kept) return fetch(request);
  if (named.test(new URL(request.url).pathname)) return kept;
  return Promise.race([fetch(request), later(3000)]).catch(() => kept);
}

function later(milliseconds) {
  return new Promise((_, reject) => setTimeout(reject, milliseconds, new Error("no answer")));
}

function isolated(response) {
  if (response.status === 0 || !response.ok) return response;
  const headers = new Headers(response.headers);
  for (const [header, value] of Object.entries(isolation)) headers.set(header, value);
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
