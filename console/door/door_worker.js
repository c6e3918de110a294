// Shows the kept page of the door where the network does not answer. It keeps the page and its script and style:
// never the list, which the page itself holds and deletes.
"use strict";

const CACHE = "puerta";
const SHELL = "/programa/puerta/sin-senal";
const PARTS = ["/static/console.css", "/static/door.js", "/static/mark.svg"];
const PAGE = /^\/programa\/puerta\/[0-9a-f-]{36}$/;
const PATIENCE = 4000;

async function keep(path) {
  const answer = await fetch(path, { cache: "no-store", credentials: "same-origin" });
  // A page of the login is not what is to be kept.
  if (answer.ok && !answer.redirected) await (await caches.open(CACHE)).put(path, answer.clone());
  return answer;
}

function late() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(Promise.all([SHELL, ...PARTS].map(keep)));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== self.location.origin || event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && PAGE.test(pathname)) {
    event.waitUntil(keep(SHELL).catch(() => undefined));
    event.respondWith(
      Promise.race([fetch(event.request), late()]).catch(async (error) => {
        const kept = await caches.match(SHELL);
        if (!kept) throw error;
        return kept;
      }),
    );
  } else if (PARTS.includes(pathname)) {
    event.respondWith(
      Promise.race([keep(pathname), late()]).catch(async (error) => {
        const kept = await caches.match(pathname);
        if (!kept) throw error;
        return kept;
      }),
    );
  }
});
