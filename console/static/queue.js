// The list of conversations: how many call her, in the title; a soft sound where one more does; who looks at
// which. On the supervisor's page danger that nobody answers calls.

const LOOKED = 20000;
const TONE = 523.25;
const LOUD = 0.06;
const SECONDS = 0.9;
const part = document.querySelector("[data-live][data-board]");
const usual = document.title.replace(/^\(\d+\) /, "");
const looks = new Map();
let audio = null;
let known = calling();

function calling() {
  return new Set([...part.querySelectorAll("[data-calls]")].map((row) => row.dataset.case));
}

function count() {
  const number = Number(part.querySelector("[data-calling]")?.dataset.calling || 0);
  const title = number ? `(${number}) ${usual}` : usual;
  if (document.title !== title) document.title = title;
}

// One soft tone, the same for everything: who hears it in the room learns nothing. A browser lets a page
// sound only after somebody has touched it.
function ready() {
  if (!part.hasAttribute("data-sound")) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

function sound() {
  if (!audio || audio.state !== "running") return;
  const start = audio.currentTime;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = TONE;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUD, start + 0.05);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + SECONDS);
  part.dataset.sounded = String(Number(part.dataset.sounded || 0) + 1);
}

function showLooks() {
  const now = Date.now();
  for (const row of part.querySelectorAll("[data-case]")) {
    const people = looks.get(row.dataset.case) || new Map();
    for (const [name, seen] of people) if (now - seen.at > LOOKED) people.delete(name);
    const said = [...people].map(([name, seen]) => `${name} ${seen.typing ? "está escribiendo" : "la está viendo"}`).join(" · ");
    const place = row.querySelector("[data-looks]");
    if (!place) continue;
    if (place.textContent !== said) place.textContent = said;
    place.hidden = said === "";
  }
}

function changed() {
  count();
  showLooks();
  const now = calling();
  if ([...now].some((one) => !known.has(one))) sound();
  known = now;
}

document.addEventListener("avanza:looking", (event) => {
  const { case: id, name, typing } = event.detail;
  if (!looks.has(id)) looks.set(id, new Map());
  looks.get(id).set(name, { typing, at: Date.now() });
  showLooks();
});
new MutationObserver(changed).observe(part, { childList: true });
window.setInterval(showLooks, 5000);
for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, ready);
ready();
count();
