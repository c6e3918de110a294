// One conversation: new lines are added to those that stand here, the head and the delivery states renewed.

import { keepAll } from "./drafts.js";
import { drafts, fetchPart, halt, keepFresh, watchPart } from "./live.js";

const LOOKED = 20000;
const part = document.querySelector("[data-thread]");
const thread = part.closest(".thread");
const log = part.querySelector(".log");
const lines = part.querySelector(".lines");
const looking = part.querySelector("[data-looking]");
const narrow = matchMedia("(max-width: 52rem)");
const others = new Map();
let version = "";

function atEnd() {
  if (narrow.matches) return thread.getBoundingClientRect().bottom <= window.innerHeight + 80;
  return log.scrollHeight - log.scrollTop - log.clientHeight < 80;
}

// On a narrow screen the thread scrolls with the page.
function toEnd() {
  if (narrow.matches) window.scrollBy(0, thread.getBoundingClientRect().bottom - window.innerHeight);
  else log.scrollTop = log.scrollHeight;
}

async function changedMode(mode) {
  if (!mode || mode === part.dataset.mode) return;
  await keepAll();
  if (drafts()) halt("La conversación cambió de manos o de estado. Copia tu texto y vuelve a cargar la página.");
  else window.location.assign(part.dataset.here);
}

function putHead(fresh) {
  const head = part.querySelector('[data-slot="head"]');
  if (head.innerHTML.trim() === fresh.innerHTML.trim()) return;
  const form = head.contains(document.activeElement) ? document.activeElement.getAttribute("form") : null;
  head.innerHTML = fresh.innerHTML;
  if (form) head.querySelector(`[form="${CSS.escape(form)}"]`)?.focus();
}

function putStates(states) {
  for (const state of states.children) {
    const shown = lines.querySelector(`[data-outbox="${CSS.escape(state.dataset.outbox)}"]`);
    if (shown && shown.innerHTML.trim() !== state.innerHTML.trim()) shown.innerHTML = state.innerHTML;
  }
}

// A file that is still on its way has a place of its own, which is renewed until it has come.
function watchFiles(added) {
  for (const line of added) line.querySelectorAll("[data-live]").forEach(watchPart);
}

function announce(fresh) {
  const hers = fresh.some((line) => line.classList.contains("woman"));
  part.querySelector("[data-announce]").textContent = hers ? "Ella escribió." : "Hay algo nuevo en la conversación.";
}

function put(html) {
  const slots = Object.fromEntries(
    [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-slot]")].map((slot) => [slot.dataset.slot, slot]),
  );
  const fresh = [...slots.lines.children];
  const follows = atEnd();
  putHead(slots.head);
  lines.append(...fresh);
  watchFiles(fresh);
  putStates(slots.states);
  if (fresh.length) announce(fresh);
  if (fresh.length && follows) toEnd();
}

async function renew() {
  const answer = await fetchPart(`${part.dataset.thread}?desde=${part.dataset.last}`, version);
  if (!answer) return;
  if (answer.status === 200) {
    put(await answer.text());
    version = answer.headers.get("X-Version");
    part.dataset.last = answer.headers.get("X-Last");
  }
  await changedMode(answer.headers.get("X-Mode"));
}

// The lines before those that are shown, put above them without moving what she reads.
async function earlier(event) {
  const link = event.target.closest("[data-earlier]");
  if (!link) return;
  event.preventDefault();
  const answer = await fetchPart(`${part.dataset.thread}?antes=${link.dataset.earlier}`).catch(() => null);
  if (!answer) {
    window.location.assign(link.href);
    return;
  }
  const fresh = document.createElement("ol");
  fresh.innerHTML = await answer.text();
  const days = fresh.querySelectorAll(".day");
  const first = lines.firstElementChild;
  if (first?.matches(".day") && first.textContent === days[days.length - 1]?.textContent) first.remove();
  const box = narrow.matches ? document.documentElement : log;
  const below = box.scrollHeight - box.scrollTop;
  const added = [...fresh.children];
  lines.prepend(...added);
  watchFiles(added);
  const start = Number(answer.headers.get("X-First"));
  if (start > 1) {
    link.dataset.earlier = String(start);
    link.search = `?antes=${start}`;
  } else {
    link.parentElement.remove();
    log.focus();
  }
  box.scrollTop = box.scrollHeight - below;
}

function showLooking() {
  const now = Date.now();
  for (const [name, seen] of others) if (now - seen.at > LOOKED) others.delete(name);
  const said = [...others].map(([name, seen]) => `${name} ${seen.typing ? "está escribiendo" : "también la está viendo"}`).join(" · ");
  if (looking.textContent !== said) looking.textContent = said;
  looking.hidden = said === "";
}

document.addEventListener("avanza:looking", (event) => {
  if (event.detail.case !== document.body.dataset.case) return;
  others.set(event.detail.name, { typing: event.detail.typing, at: Date.now() });
  showLooking();
});
window.setInterval(showLooking, 5000);
part.addEventListener("click", earlier);
keepFresh(["case"], renew);
// What lies beside the thread is open where there is room for it.
if (matchMedia("(min-width: 1100px)").matches) {
  for (const one of document.querySelectorAll("details[data-wide]")) one.open = true;
}
if (!window.location.search) toEnd();
