// The list at the door. What is tapped goes into the phone's own storage first and is sent when there is a network:
// a reload, a dead battery or an hour without signal loses nothing, and a mark sent twice is one for the server.
//
// Kept here: first names, seats' ids, marks. Each mark is an entry of its own, so that two windows overwrite nothing.
// Names go with their day. A mark names nobody and stays until the server has it: there are halls without signal all
// day, and whichever page of the door is next opened with a network sends what is left of other sessions too.

const SESSION = window.location.pathname.split("/").pop();
const LIST = `puerta:${SESSION}:lista`;
const WAITS = /^puerta:([^:]+):marca:/;
const ASK_EVERY = 15000;
const PATIENCE = 10000;
const MOST = 200;
const store = window.localStorage;
const at = (id) => document.getElementById(id);
const status = at("estado");
const alerts = at("avisos");
let phase = "opening";
let busy = false;
let again = false;

function read(name) {
  try {
    return JSON.parse(store.getItem(name));
  } catch {
    return null;
  }
}

function keys(start) {
  return Object.keys(store).filter((name) => name.startsWith(start));
}

// The names of a day that is over go, of this session and of others.
function tidy() {
  for (const name of keys("puerta:").filter((each) => each.endsWith(":lista"))) {
    if ((read(name)?.until || 0) < Date.now()) store.removeItem(name);
  }
}

function mark(session, id) {
  return `puerta:${session}:marca:${id}`;
}

// The sessions of which marks wait, this one first.
function unsent() {
  const found = new Set(keys("puerta:").map((name) => WAITS.exec(name)?.[1]).filter(Boolean));
  return [...found].sort((one, other) => (other === SESSION) - (one === SESSION));
}

function forget(session) {
  for (const name of keys(`puerta:${session}:`)) store.removeItem(name);
}

function queue(session = SESSION) {
  const start = mark(session, "");
  return keys(start)
    .map((name) => ({ id: name.slice(start.length), ...read(name) }))
    .sort((one, other) => one.at - other.at);
}

// The server's state, overruled by what was tapped here and has not arrived.
function stateOf(line, waiting) {
  const mine = waiting.filter((mark) => mark.ref === line.ref).pop();
  if (!mine) return line.state;
  return mine.state === "blank" ? "" : mine.state;
}

// A random UUID; without a secure connection a browser makes none by itself.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function tap(ref, wanted, pressed) {
  const made = { ref, state: pressed ? "blank" : wanted, at: Date.now() };
  store.setItem(mark(SESSION, newId()), JSON.stringify(made));
  show();
  send();
}

function say() {
  const waiting = unsent().reduce((count, session) => count + queue(session).length, 0);
  const text = { ...status.dataset };
  let said = text[phase] || "";
  if (waiting && phase !== "cancelled") said = `${phase === "sent" ? "" : `${said} `}${text.waiting}${waiting}.`;
  status.textContent = said;
  status.dataset.phase = phase;
  at("entrar").hidden = phase !== "login";
}

function rowOf(line) {
  const row = at("renglon").content.firstElementChild.cloneNode(true);
  row.dataset.ref = line.ref;
  row.querySelector(".door-name").textContent = line.name;
  row.querySelector(".door-marks").setAttribute("aria-label", line.name);
  for (const button of row.querySelectorAll("button")) {
    button.addEventListener("click", () => tap(line.ref, button.dataset.state, button.getAttribute("aria-pressed") === "true"));
  }
  return row;
}

function show() {
  const kept = read(LIST);
  const list = at("lista");
  const lines = kept?.lines || [];
  const waiting = queue();
  at("titulo").textContent = kept?.title || "En la puerta";
  at("cuando").textContent = kept ? `${kept.group} · ${kept.when}` : "";
  at("volver").href = `/programa/sesiones/${SESSION}/asistencia`;
  if (lines.map((line) => line.ref).join() !== [...list.children].map((row) => row.dataset.ref).join()) {
    list.replaceChildren(...lines.map(rowOf));
  }
  let came = 0;
  for (const [place, line] of lines.entries()) {
    const state = stateOf(line, waiting);
    if (state === "present") came += 1;
    for (const button of list.children[place].querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.state === state));
    }
  }
  const count = at("cuenta").dataset;
  at("cuenta").textContent = lines.length ? `${came}${count.of}${lines.length}${count.came}` : "";
  say();
}

async function ask(session, path, options = {}) {
  return fetch(`/programa/puerta/${session}${path}`, {
    cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...options,
    headers: { "X-Fragment": "1", "Content-Type": "application/json", ...(options.headers || {}) },
  });
}

function complain(refused) {
  const reasons = [...new Set(Object.values(refused))];
  if (!reasons.length) return;
  alerts.textContent = reasons.map((reason) => alerts.dataset[reason.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())]).join(" ");
  alerts.hidden = false;
}

// Give the marks that wait to the server, in their order; true where all have an answer.
async function deliver(session, token) {
  for (let waiting = queue(session); waiting.length; waiting = queue(session)) {
    const marks = waiting.slice(0, MOST);
    const body = JSON.stringify({ sent_at: Date.now(), marks });
    const answer = await ask(session, "/marcas", { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (answer.status === 410) {
      forget(session);
      return true;
    }
    if (!answer.ok) return false;
    complain((await answer.json()).refused);
    for (const { id } of marks) store.removeItem(mark(session, id));
  }
  return true;
}

async function exchange() {
  let answer = await ask(SESSION, "/lista");
  // 404 is what a colleague gets who takes no attendance: the marks wait for one who does.
  if ([401, 404].includes(answer.status)) return "login";
  if (answer.status === 410) {
    forget(SESSION);
    return "gone";
  }
  if (!answer.ok) return "offline";
  let list = await answer.json();
  const had = queue().length;
  for (const session of unsent()) {
    if (!(await deliver(session, list.token)) && session === SESSION) return "offline";
  }
  if (had) {
    answer = await ask(SESSION, "/lista");
    if (!answer.ok) return "offline";
    list = await answer.json();
  }
  if (list.cancelled || !list.its_day) {
    forget(SESSION);
    return list.cancelled ? "cancelled" : "otherDay";
  }
  const { title, when, group, lines } = list;
  // In the phone's own time, whatever its clock says.
  const until = Date.now() + list.until - list.now;
  store.setItem(LIST, JSON.stringify({ title, when, group, lines, until }));
  return "sent";
}

async function send() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  do {
    again = false;
    try {
      phase = await exchange();
    } catch {
      phase = read(LIST) ? "offline" : "nothing";
    }
    show();
  } while (again);
  busy = false;
}

at("borrar").addEventListener("click", () => {
  if (queue().length && !window.confirm(at("borrar").dataset.ask)) return;
  forget(SESSION);
  window.location.assign(at("volver").href);
});
window.addEventListener("online", send);
window.addEventListener("storage", show);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") send();
});
window.setInterval(() => {
  tidy();
  send();
}, ASK_EVERY);
navigator.serviceWorker?.register(document.body.dataset.worker).catch(() => undefined);
tidy();
show();
send();
