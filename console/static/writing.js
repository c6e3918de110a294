// Forms: sent once, asked about where it can't be undone, sent by Ctrl+Enter, with the letters that are left.

import { present } from "./live.js";

const FEW_LEFT = 200;
const SAY_AGAIN = 5000;
let saidTyping = 0;

// After a form comes back, what has to be mended may lie far below on a phone.
document.querySelector('[aria-invalid="true"]')?.focus();

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

function left(box) {
  const count = box.maxLength - box.value.length;
  const place = document.querySelector(`[data-left-of="${CSS.escape(box.id)}"]`);
  if (place) place.textContent = count > FEW_LEFT ? "" : count === 1 ? "Queda 1 letra" : `Quedan ${count} letras`;
}

function onInput(event) {
  if (event.target.matches("textarea[data-left]")) left(event.target);
  if (event.target.matches("[data-send]") && Date.now() - saidTyping > SAY_AGAIN) {
    saidTyping = Date.now();
    present(true);
  }
}

// A file that is too large is refused before it is sent.
function onFile(event) {
  const box = event.target;
  if (!box.matches("input[data-largest]")) return;
  const size = box.files[0]?.size || 0;
  box.setCustomValidity(size > Number(box.dataset.largest) ? box.dataset.tooLarge : "");
  box.reportValidity();
}

function onSubmit(event) {
  const form = event.target;
  const asked = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (asked && !window.confirm(asked)) {
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
document.addEventListener("input", onInput);
document.addEventListener("change", onFile);
document.addEventListener("submit", onSubmit);
document.querySelectorAll("textarea[data-left]").forEach(left);
