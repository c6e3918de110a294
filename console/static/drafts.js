// Keeps what stands in the boxes of a conversation sealed on the server while she types, and nothing in the browser.

import { kept } from "./live.js";

const PAUSE = 700;
const RETRY = 5000;
const boxes = [...document.querySelectorAll("textarea[data-draft]")].map((area) => ({ area, form: area.form, timer: 0, busy: null, sent: false, failed: false, last: null }));

function post(box, text, keepalive) {
  const field = (name) => box.form.querySelector(`input[name="${name}"]`).value;
  const said = new URLSearchParams({ case: document.body.dataset.case, box: box.area.dataset.draft, text, once: field("once") });
  const headers = { "X-Fragment": "1", "X-CSRFToken": field("csrf_token") };
  return fetch(document.body.dataset.keep, { method: "POST", body: said, headers, redirect: "manual", keepalive });
}

function show(box) {
  const place = document.querySelector(`[data-kept-of="${CSS.escape(box.area.id)}"]`);
  const said = box.area.value === kept.get(box.area) && box.area.value.trim() ? "Borrador guardado" : "";
  if (place) place.textContent = box.failed ? "Tu texto todavía no está guardado" : said;
}

// What in it may give her away, and which of that she has been warned of.
function warn(box, html) {
  const place = document.querySelector(`[data-reveals-of="${CSS.escape(box.area.id)}"]`);
  if (place && place.innerHTML.trim() !== html.trim()) place.innerHTML = html;
}

function later(box, pause) {
  window.clearTimeout(box.timer);
  box.timer = window.setTimeout(save, pause, box);
}

async function run(box) {
  while (!box.sent && box.area.value !== kept.get(box.area)) {
    const text = box.area.value;
    const answer = await post(box, text, false).catch(() => null);
    box.failed = !answer?.ok;
    if (box.failed) {
      show(box);
      later(box, RETRY);
      return;
    }
    kept.set(box.area, text);
    show(box);
    if (answer.status === 200) warn(box, await answer.text());
  }
}

function save(box) {
  window.clearTimeout(box.timer);
  box.busy ??= run(box).finally(() => {
    box.busy = null;
  });
  return box.busy;
}

// Have everything kept that can be; what could not is still told apart by `drafts` of live.js.
export function keepAll() {
  return Promise.all(boxes.map(save));
}

// Also with a form that is being sent: where it does not arrive, its words have. What comes after it is dropped there.
function last(box) {
  if (box.sent || box.area.value === kept.get(box.area) || box.area.value === box.last) return;
  box.last = box.area.value;
  post(box, box.last, true).catch(() => null);
}

function put(box) {
  kept.set(box.area, box.area.defaultValue);
  box.area.addEventListener("input", () => {
    box.sent = false;
    show(box);
    later(box, PAUSE);
  });
  box.form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    last(box);
    box.sent = true;
  });
  if (box.area.value !== box.area.defaultValue) later(box, 0);
}

boxes.forEach(put);
window.addEventListener("pagehide", () => {
  for (const box of boxes) {
    last(box);
    box.sent = true;
    box.area.value = "";
  }
});
// Before the next page is asked for, so that it finds what was typed just now.
window.addEventListener("beforeunload", (event) => {
  boxes.forEach(last);
  if (boxes.some((box) => box.failed && !box.sent)) event.preventDefault();
});
