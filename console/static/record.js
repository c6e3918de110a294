// A form of the record that was changed and not saved is not left by mistake: a link to leave asks first. What
// stands in it is kept sealed on the server while she fills it in, and nothing in the browser.

import { kept } from "./live.js";

const PAUSE = 700;
const RETRY = 5000;
const filled = document.querySelector("form[data-keep-at]");
let sending = false;

function untouched(field) {
  if (field.type === "radio" || field.type === "checkbox") return field.checked === field.defaultChecked;
  if (field.options) return [...field.options].every((one) => one.selected === one.defaultSelected) || field.value === "";
  return field.value === field.defaultValue;
}

function changed(form) {
  return [...form.elements].some((field) => field.name && field.type !== "hidden" && !untouched(field));
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sending = true;
});
window.addEventListener("beforeunload", (event) => {
  if (!sending && [...document.querySelectorAll("form[data-guard]")].some((form) => form.dataset.guard === "refused" || changed(form))) event.preventDefault();
});

class Draft {
  constructor(form) {
    this.form = form;
    this.place = form.querySelector("[data-kept-section]");
    this.timer = 0;
    this.busy = false;
    this.sent = false;
    this.stands = String(this.said());
    for (const what of ["input", "change"]) form.addEventListener(what, () => this.later(PAUSE));
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      // What she throws away is not kept once more.
      if (!event.submitter?.hasAttribute("formaction")) this.last();
      this.sent = true;
    });
  }

  said() {
    const said = new URLSearchParams(new FormData(this.form));
    said.delete("csrf_token");
    return said;
  }

  post(said, keepalive) {
    const headers = { "X-Fragment": "1", "X-CSRFToken": this.form.querySelector("input[name=csrf_token]").value };
    return fetch(this.form.dataset.keepAt, { method: "POST", body: said, headers, redirect: "manual", keepalive });
  }

  later(pause) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), pause);
  }

  async save() {
    if (this.busy || this.sent) return;
    this.busy = true;
    const said = this.said();
    const held = [...this.form.querySelectorAll("textarea")].map((area) => [area, area.value]);
    if (String(said) !== this.stands) {
      const answer = await this.post(said, false).catch(() => null);
      if (answer?.ok) {
        this.stands = String(said);
        for (const [area, text] of held) kept.set(area, text);
      }
      this.place.textContent = answer?.ok ? "Borrador guardado: falta «Guardar»" : "Lo que escribes todavía no está guardado";
      if (answer?.status === 423) document.dispatchEvent(new CustomEvent("avanza:locked"));
    }
    this.busy = false;
    const now = String(this.said());
    if (now !== this.stands) this.later(now === String(said) ? RETRY : PAUSE);
  }

  last() {
    const said = this.said();
    if (this.sent || String(said) === this.stands) return;
    this.stands = String(said);
    this.post(said, true).catch(() => null);
  }
}

const draft = filled ? new Draft(filled) : null;
window.addEventListener("pagehide", () => draft?.last());
