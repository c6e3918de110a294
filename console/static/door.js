// The list at the door. What is tapped goes into the phone's own storage first and is sent when there is a network:
// a reload, a dead battery or an hour without signal loses nothing, and a mark sent twice is one for the server.
//
// Kept here: first names, seats' ids, marks. Each mark is an entry of its own, so that two windows overwrite nothing.

const SESSION = window.location.pathname.split("/").pop();
const BASE = `/programa/puerta/${SESSION}`;
const LIST = `puerta:${SESSION}:lista`;
const MARK = `puerta:${SESSION}:marca:`;
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

// Whatever belongs to a day that is over goes, of this session and of others.
function tidy() {
  for (const name of keys("puerta:").filter((each) => each.endsWith(":lista"))) {
    if ((read(name)?.until || 0) < Date.now()) forget(name.split(":")[1]);
  }
}

function forget(session) {
  for (const name of keys(`puerta:${session}:`)) store.removeItem(name);
}

function queue() {
  return keys(MARK)
    .map((name) => ({ id: name.slice(MARK.length), ...read(name) }))
    .sort((one, other) => one.at - other.at);
}

// The server's state, overruled by what was tapped here and has not arrived.
function stateOf(line, waiting) {
  const mine = waiting.filter((mark) => mark.ref === line.ref).pop();
  if (!mine) return line.state;
  return mine.state === "blank" ? "" : mine.state;
}

function tap(ref, wanted, pressed) {
  const mark = { ref, state: pressed ? "blank" : wanted, at: Date.now() };
  store.setItem(MARK + crypto.randomUUID(), JSON.stringify(mark));
  show();
  send();
}

function say() {
  const waiting = queue().length;
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

async function ask(path, options = {}) {
  return fetch(BASE + path, {
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
async function deliver(token) {
  for (let waiting = queue(); waiting.length; waiting = queue()) {
    const marks = waiting.slice(0, MOST);
    const body = JSON.stringify({ sent_at: Date.now(), marks });
    const answer = await ask("/marcas", { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (!answer.ok) return false;
    complain((await answer.json()).refused);
    for (const mark of marks) store.removeItem(MARK + mark.id);
  }
  return true;
}

async function exchange() {
  let answer = await ask("/lista");
  if (answer.status === 401) return "login";
  if (answer.status === 404) {
    forget(SESSION);
    return "gone";
  }
  if (!answer.ok) return "offline";
  let list = await answer.json();
  const had = queue().length;
  if (had) {
    if (!(await deliver(list.token))) return "offline";
    answer = await ask("/lista");
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
