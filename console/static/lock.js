// Locks the page after ten minutes without a person's act: the server drops the key, the page is covered and
// what stood on it leaves the document until she opens it again with password and code. Drafts stay in it.
// The server's clock decides (`left`, in seconds); this page only asks it and tells it of her acts.
"use strict";

{
  const curtain = document.getElementById("cortina");
  const main = document.getElementById("contenido");
  const header = document.querySelector("header.top");
  const warning = document.getElementById("aviso-cierre");
  const form = curtain.querySelector("form");
  const problem = curtain.querySelector("[role=alert]");
  const TELL_EVERY = 20000;
  const LOOK_EVERY = 5000;
  const WARN_BEFORE = 60000;
  let deadline = Date.now() + Number(curtain.dataset.left) * 1000;
  let told = Date.now();
  let waiting = null;
  let actedAt = 0;
  let taken = null;
  let asking = false;

  function token() {
    return form.querySelector("input[name=csrf_token]").value;
  }

  function ask(options) {
    return fetch(curtain.dataset.session, { cache: "no-store", redirect: "manual", ...options, headers: { "X-Fragment": "1", ...(options?.headers || {}) } });
  }

  async function learn(answer) {
    if (answer.status === 401) {
      window.location.assign("/entrar");
    } else if (answer.status === 423) {
      cover();
    } else if (answer.ok) {
      deadline = Date.now() + (await answer.json()).left * 1000;
      uncover();
    }
  }

  async function look() {
    if (asking) return;
    asking = true;
    try {
      await learn(await ask());
    } catch {
      // Without the server nothing can be read or sent either; the next look asks again.
    } finally {
      asking = false;
    }
  }

  async function tell() {
    waiting = null;
    // A lid that was shut meanwhile: what she did before is no act of now.
    if (Date.now() - actedAt > 2 * TELL_EVERY) return;
    told = Date.now();
    try {
      await learn(await ask({ method: "POST", headers: { "X-CSRFToken": token() } }));
    } catch {
      // As above.
    }
  }

  function acted() {
    if (taken !== null || Date.now() >= deadline) return;
    actedAt = Date.now();
    if (waiting === null) waiting = window.setTimeout(tell, Math.max(0, told + TELL_EVERY - Date.now()));
  }

  function cover() {
    if (taken !== null) return;
    warning.hidden = true;
    taken = { nodes: document.createDocumentFragment(), scroll: window.scrollY, focus: document.activeElement };
    taken.nodes.append(...main.childNodes);
    main.inert = true;
    header.inert = true;
    document.documentElement.dataset.locked = "yes";
    curtain.hidden = false;
    form.querySelector("input[type=password]").focus();
  }

  function uncover() {
    if (taken === null) return;
    main.append(taken.nodes);
    main.inert = false;
    header.inert = false;
    delete document.documentElement.dataset.locked;
    curtain.hidden = true;
    problem.hidden = true;
    form.reset();
    window.scrollTo(0, taken.scroll);
    taken.focus?.focus?.({ preventScroll: true });
    taken = null;
  }

  async function open(event) {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Fragment": "1" }, cache: "no-store", redirect: "manual" });
      if (answer.status === 422) {
        problem.textContent = (await answer.json()).problem;
        problem.hidden = false;
        form.reset();
        form.querySelector("input[type=password]").focus();
      } else {
        await learn(answer);
      }
    } catch {
      problem.textContent = curtain.dataset.away;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  function tick() {
    const left = deadline - Date.now();
    if (taken !== null) {
      look();
    } else if (left <= 0) {
      // Covered first, asked then: a lid that was closed for an hour opens on nothing.
      cover();
      look();
    } else {
      warning.hidden = left > WARN_BEFORE;
    }
  }

  for (const name of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
    document.addEventListener(name, acted, { passive: true, capture: true });
  }
  form.addEventListener("submit", open);
  // It goes when it is pressed or at a later tick, never from under the pointer.
  warning.querySelector("button").addEventListener("click", () => {
    warning.hidden = true;
    acted();
  });
  document.addEventListener("avanza:locked", look);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") tick();
  });
  window.setInterval(tick, LOOK_EVERY);
}
