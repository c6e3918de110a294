// The page: phones side by side, or one at a time on a small screen.
import { askNext, askSeconds, setPhone, watch } from "./api.js";
import { PhoneCard } from "./phone.js";
import { dayName, hour, prettyNumber } from "./text.js";
import { WORDS } from "./words.js";

const cards = new Map();
const byId = (id) => document.getElementById(id);
let chosen = "";
let added = ""; // the phone just added, until its card is there
let ahead = 0;

function choose(number) {
  chosen = number;
  if (number === added) added = "";
  for (const [key, card] of cards) card.node.classList.toggle("chosen", key === number);
  for (const tab of byId("tabs").children) tab.setAttribute("aria-current", String(tab.dataset.phone === number));
  cards.get(number)?.toEnd();
}

function drawTabs() {
  byId("tabs").replaceChildren(
    ...Array.from(cards, ([number, card]) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.dataset.phone = number;
      tab.textContent = card.data.profile_name || prettyNumber(number);
      tab.addEventListener("click", () => {
        added = "";
        choose(number);
      });
      return tab;
    }),
  );
  if (cards.has(added)) choose(added);
  else choose(cards.has(chosen) ? chosen : cards.keys().next().value || "");
}

function drop(shown) {
  for (const [number, card] of cards) {
    if (shown.includes(number)) continue;
    card.node.remove();
    cards.delete(number);
  }
}

function show(feed) {
  const before = [...cards.keys()].join();
  drop(feed.shown);
  for (const data of feed.phones) {
    if (!cards.has(data.phone)) {
      const card = new PhoneCard(data);
      cards.set(data.phone, card);
      byId("phones").append(card.node);
    }
    cards.get(data.phone).show(data, feed.now);
  }
  ahead = new Date(feed.now) - Date.now();
  tellTime();
  tellMove(feed.clock);
  byId("empty").hidden = cards.size > 0;
  document.body.dataset.phones = String(cards.size);
  if ([...cards.keys()].join() !== before) drawTabs();
}

function tellTime() {
  const now = new Date(Date.now() + ahead);
  byId("now").textContent = `${dayName(now, { weekday: "short", day: "numeric", month: "short" })} · ${hour(now)}`;
}

// The product's clock goes in steps, so that each reminder on the way leaves at its hour.
function tellMove(clock) {
  const left = (clock.asked_seconds ?? 0) - clock.ahead_seconds;
  const to = new Date(Date.now() + ahead + left * 1000);
  const day = dayName(to, { weekday: "long", day: "numeric", month: "long" }).replace(",", "");
  const goal = `${day}, ${hour(to)}`;
  const moving = clock.until_next || clock.asked_seconds !== null;
  byId("moving").hidden = !moving && !clock.nothing_next;
  byId("moving").textContent =
    clock.asked_seconds !== null ? `${WORDS.movingTo} ${goal}…` : clock.until_next ? WORDS.lookingNext : WORDS.nothingNext;
  byId("until-next").hidden = !clock.followed;
  byId("until-next").disabled = moving;
}

function ask(wish) {
  wish.catch(() => {
    byId("offline").hidden = false;
  });
}

async function addPhone(event) {
  event.preventDefault();
  const form = byId("add-form");
  const number = form.elements.number.value.replace(/[\s()-]/g, "");
  byId("add-error").textContent = WORDS.badNumber;
  if (!/^\+\d{8,15}$/.test(number)) return;
  try {
    const phone = await setPhone({ phone: number, profile_name: form.elements.name.value.trim(), shown: true });
    byId("add-dialog").close();
    form.reset();
    added = phone.phone;
    if (cards.has(added)) choose(added);
  } catch {
    byId("offline").hidden = false;
  }
}

byId("add-phone").addEventListener("click", () => {
  byId("add-error").textContent = "";
  byId("add-dialog").showModal();
});
byId("add-cancel").addEventListener("click", () => byId("add-dialog").close());
byId("add-form").addEventListener("submit", addPhone);
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => ask(askSeconds(Number(button.dataset.advance))));
}
byId("until-next").addEventListener("click", () => ask(askNext()));
setInterval(tellTime, 5000);
watch(show, (lost) => {
  byId("offline").hidden = !lost;
});
