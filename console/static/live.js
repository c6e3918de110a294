// Keeps parts of a page up to date and says when it can't. No library; no inline code.
//
// The desk's pages hear from a stream that something happened, never what, and fetch what they show again.
// Without a stream (another page, too many of them, a proxy that holds it back) they ask every two seconds.

const WITHOUT_STREAM = 2000;
const WITH_STREAM = 30000;
const RETRY_STREAM = 15000;
const PRESENT_EVERY = 15000;
const page = document.body.dataset;
const banner = document.getElementById("sin-conexion");
const usual = banner.textContent;
const watched = [];
let streaming = false;
let halted = false;

// What a box holds that the server has kept already.
export const kept = new WeakMap();
// Nor is what was saved and came with the page a draft.
for (const area of document.querySelectorAll("textarea[data-saved]")) kept.set(area, area.defaultValue);

// Whether she typed something, and whether a reload would lose some of it.
function typed() {
  return [...document.querySelectorAll("textarea")].filter((area) => area.value.trim() !== "");
}

export function drafts() {
  return typed().some((area) => area.value !== kept.get(area));
}

// Say something that stays until the page is loaded again.
export function halt(text) {
  banner.textContent = text;
  banner.hidden = false;
  halted = true;
}

// Fetch a part of the page; null where it is gone for her, and then she has been told.
export async function fetchPart(url, seen) {
  const headers = { "X-Fragment": "1" };
  if (seen) headers["X-Seen"] = seen;
  const answer = await fetch(url, { headers, cache: "no-store", redirect: "manual" });
  if (answer.status === 401) {
    if (drafts()) halt("Tu sesión terminó. Copia tu texto, entra de nuevo y envíalo.");
    else if (typed().length) halt("Tu sesión terminó. Tu texto está guardado: entra de nuevo y lo encuentras aquí.");
    else window.location.assign("/entrar");
    return null;
  }
  if (answer.status !== 204 && !answer.ok) throw new Error(String(answer.status));
  return answer;
}

// Have `renew` called whenever one of these things happened ("queue", "case").
export function keepFresh(names, renew) {
  watched.push({ names, renew, busy: false, again: false });
}

async function run(one) {
  if (one.busy) {
    one.again = true;
    return;
  }
  one.busy = true;
  try {
    do {
      one.again = false;
      await one.renew();
    } while (one.again);
  } finally {
    one.busy = false;
  }
}

async function renew(name) {
  if (halted) return;
  try {
    await Promise.all(watched.filter((one) => !name || one.names.includes(name)).map(run));
    if (!halted) banner.hidden = true;
  } catch {
    if (!halted) banner.textContent = usual;
    banner.hidden = false;
  }
}

// What a field holds as its page came.
function untouched(field) {
  return field.defaultValue ?? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value;
}

// A part that is replaced as a whole, but not while she is filling in a form of it.
export function watchPart(part) {
  let version = "";
  keepFresh((part.dataset.on || "queue").split(" "), async () => {
    const answer = await fetchPart(part.dataset.live, version);
    if (!answer || answer.status !== 200) return;
    const html = await answer.text();
    const filled = [...part.querySelectorAll("textarea, input, select")].some((one) => one === document.activeElement || one.value !== untouched(one));
    if (filled) return;
    const first = version === "";
    version = answer.headers.get("X-Version") || "";
    if (first && html.trim() === part.innerHTML.trim()) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
    part.innerHTML = html;
    for (const id of open) part.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    const mode = answer.headers.get("X-Mode");
    if (mode && part.dataset.mode && mode !== part.dataset.mode && !drafts()) window.location.reload();
  });
}

function listen() {
  const source = new EventSource(page.stream);
  source.addEventListener("open", () => {
    streaming = true;
    renew();
  });
  source.addEventListener("error", () => {
    streaming = false;
    if (source.readyState === EventSource.CLOSED && !halted) window.setTimeout(listen, RETRY_STREAM);
  });
  source.addEventListener("queue", () => renew("queue"));
  source.addEventListener("again", () => renew());
  source.addEventListener("case", (event) => {
    if (event.data === page.case) renew("case");
  });
  source.addEventListener("looking", (event) => {
    document.dispatchEvent(new CustomEvent("avanza:looking", { detail: JSON.parse(event.data) }));
  });
}

// Tell that the desk is in sight, and whether she types: what a woman is told of somebody being there rests on it.
export async function present(typing) {
  const token = document.querySelector('input[name="csrf_token"]')?.value;
  if (!page.present || !token || halted || document.visibilityState !== "visible") return;
  const said = new URLSearchParams({ typing: typing ? "1" : "" });
  if (page.case) said.set("case", page.case);
  const headers = { "X-Fragment": "1", "X-CSRFToken": token };
  await fetch(page.present, { method: "POST", body: said, headers, redirect: "manual" }).catch(() => null);
}

async function tick() {
  if (document.visibilityState === "visible") await renew();
  window.setTimeout(tick, streaming ? WITH_STREAM : WITHOUT_STREAM);
}

document.querySelectorAll("[data-live]").forEach(watchPart);
if (page.stream) listen();
if (page.present) {
  present(false);
  window.setInterval(present, PRESENT_EVERY, false);
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  present(false);
  if (watched.length) renew();
});
window.setTimeout(() => {
  if (watched.length) tick();
}, WITHOUT_STREAM);
window.addEventListener("pageshow", (event) => {
  // A page that answers a form must not be loaded again: that would send the form again.
  const here = document.querySelector("[data-here]")?.dataset.here;
  if (event.persisted) window.location.replace(here || window.location.href);
});
