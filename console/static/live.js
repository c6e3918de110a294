// Keeps parts of a page up to date and says when it can't. No library; no inline code.
"use strict";

const EVERY = 2000;
const banner = document.getElementById("sin-conexion");

// After a form comes back, what has to be mended may lie far below on a phone.
document.querySelector('[aria-invalid="true"]')?.focus();

function atBottom() {
  return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 80;
}

function logOf(part) {
  return part.querySelector(".log");
}

function follow(part) {
  const log = logOf(part);
  if (log) log.scrollTop = log.scrollHeight;
}

function drafts() {
  const boxes = [...document.querySelectorAll("textarea")];
  return boxes.some((area) => area.value.trim() !== "") || document.querySelector("[data-kept]") !== null;
}

function replace(part, html) {
  const log = logOf(part);
  const follows = log ? log.scrollHeight - log.scrollTop - log.clientHeight < 80 : atBottom();
  const kept = log ? log.scrollTop : 0;
  const wasDown = atBottom();
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = html;
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  if (part.hasAttribute("data-follow")) {
    if (follows) follow(part);
    else logOf(part).scrollTop = kept;
    if (follows && wasDown) window.scrollTo(0, document.documentElement.scrollHeight);
  }
}

function changedMode(part, mode) {
  if (!mode || !part.dataset.mode || mode === part.dataset.mode) return;
  if (!drafts()) {
    // A page that answers a form must not be reloaded: that would send the form again.
    window.location.assign(part.dataset.here || window.location.href);
    return;
  }
  banner.textContent = "La conversación cambió de manos o de estado. Copia tu texto y vuelve a cargar la página.";
  banner.hidden = false;
  part.dataset.changed = "yes";
}

async function refresh(part) {
  const headers = { "X-Fragment": "1" };
  if (part.dataset.version) headers["X-Seen"] = part.dataset.version;
  const answer = await fetch(part.dataset.live, { headers, cache: "no-store", redirect: "manual" });
  if (answer.status === 401 && drafts()) {
    banner.textContent = "Tu sesión terminó. Copia tu texto, entra de nuevo y envíalo.";
    banner.hidden = false;
    part.dataset.changed = "yes";
    return;
  }
  if (answer.status === 401) {
    window.location.assign("/entrar");
    return;
  }
  if (answer.status !== 204 && !answer.ok) throw new Error(String(answer.status));
  if (answer.status === 200) {
    const html = await answer.text();
    const first = part.dataset.version === undefined;
    part.dataset.version = answer.headers.get("X-Version") || "";
    if (!first || html.trim() !== part.innerHTML.trim()) replace(part, html);
  }
  changedMode(part, answer.headers.get("X-Mode"));
}

async function turn(parts) {
  if (document.visibilityState === "visible") {
    try {
      await Promise.all(parts.map(refresh));
      if (!parts.some((part) => part.dataset.changed)) banner.hidden = true;
    } catch {
      banner.hidden = false;
    }
  }
  window.setTimeout(turn, EVERY, parts);
}

function arrows(event) {
  const here = document.activeElement;
  if (!here?.hasAttribute("data-arrow") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const all = [...document.querySelectorAll("[data-arrow]")];
  const next = all[all.indexOf(here) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

function sendKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("[data-send]")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
}

function onSubmit(event) {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (form.hasAttribute("data-once")) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  }
}

document.addEventListener("keydown", arrows);
document.addEventListener("keydown", sendKey);
document.addEventListener("submit", onSubmit);
const live = [...document.querySelectorAll("[data-live]")];
live.forEach(follow);
// On a narrow screen the thread scrolls with the page.
if (live.some((part) => part.hasAttribute("data-follow")) && matchMedia("(max-width: 52rem)").matches) {
  window.scrollTo(0, document.documentElement.scrollHeight);
}
if (live.length) window.setTimeout(turn, EVERY, live);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
