// One message on the screen. Built once; later changes only move its ticks.
import { icon } from "./icons.js";
import { dayName, dayNumber, hour, richText } from "./text.js";
import { WORDS } from "./words.js";

const TICKS = { pending: "clock", sending: "tick", sent: "tick", delivered: "ticks", read: "ticks" };

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  return node;
}

function mediaName(type) {
  if (type === "image/webp") return WORDS.sticker;
  if (type.startsWith("video/")) return WORDS.video;
  return type.includes("vcard") ? WORDS.contact : WORDS.document;
}

function voice(url) {
  const holder = element("div", "voice");
  const audio = new Audio();
  audio.preload = "none";
  audio.src = url;
  const play = element("button", "icon play");
  play.type = "button";
  play.setAttribute("aria-label", WORDS.voice);
  play.append(icon("play"));
  play.addEventListener("click", () => audio.play().catch(() => holder.classList.add("broken")));
  const wave = element("span", "wave");
  for (let bar = 0; bar < 26; bar += 1) {
    const line = document.createElement("i");
    line.style.setProperty("--h", `${22 + Math.abs(Math.sin(bar * 1.7) * 52) + (bar % 4) * 6}%`);
    wave.append(line);
  }
  holder.append(play, wave, element("span", "length", "0:03"));
  return holder;
}

function media(item) {
  if (!item.url.startsWith("/")) return element("p", "outside", `${WORDS.link} ${item.url}`);
  if (item.content_type.startsWith("audio/")) return voice(item.url);
  if (item.content_type.startsWith("image/") && item.content_type !== "image/webp") {
    const image = element("img", "photo");
    image.src = item.url;
    image.alt = WORDS.photo;
    return image;
  }
  const file = element("div", "attached");
  const name = mediaName(item.content_type);
  file.append(icon(name === WORDS.sticker ? "sticker" : name === WORDS.contact ? "contact" : "file"), name);
  return file;
}

function place(location) {
  const holder = element("div", "place");
  const map = element("div", "map");
  map.append(icon("location"));
  const words = element("div", "words");
  words.append(element("strong", "", location.label || WORDS.location));
  if (location.address) words.append(element("span", "", location.address));
  words.append(element("span", "coordinates", `${location.latitude}, ${location.longitude}`));
  holder.append(map, words);
  return holder;
}

function choices(message, act) {
  const row = element("div", "choices");
  for (const button of message.buttons) {
    const node = element("button", "choice", button.title);
    node.type = "button";
    node.addEventListener("click", () => act.tap(message, button));
    row.append(node);
  }
  if (message.options.length) {
    const node = element("button", "choice");
    node.type = "button";
    node.append(icon("list"), message.options_label || WORDS.choose);
    node.addEventListener("click", () => act.openList(message));
    row.append(node);
  }
  return row;
}

export function bubble(message, act) {
  const line = element("div", `line ${message.mine ? "mine" : "theirs"}`);
  line.dataset.sid = message.sid;
  const box = element("div", "bubble");
  if (message.template) box.append(element("span", "tag", WORDS.template));
  for (const item of message.media) box.append(media(item));
  if (message.location) box.append(place(message.location));
  if (message.text) box.append(richText(message.text));
  const meta = element("span", "meta");
  meta.append(element("time", "", hour(new Date(message.at))));
  if (message.mine) meta.append(element("span", "ticks-holder"));
  box.append(meta);
  line.append(box);
  if (message.buttons.length || message.options.length) line.append(choices(message, act));
  if (message.mine) {
    const retry = element("button", "retry", WORDS.retry);
    retry.type = "button";
    retry.addEventListener("click", () => act.retry(message));
    line.append(retry);
  }
  setStatus(line, message.status);
  return line;
}

export function setStatus(line, status) {
  if (line.dataset.status === status) return;
  line.dataset.status = status;
  const holder = line.querySelector(".ticks-holder");
  if (!holder) return;
  holder.replaceChildren(icon(TICKS[status] || "alert"));
  holder.title = WORDS.status[status] || status;
}

function dayWords(at, now) {
  const days = dayNumber(new Date(now)) - dayNumber(at);
  return days === 0 ? WORDS.today : days === 1 ? WORDS.yesterday : dayName(at, { day: "numeric", month: "long" });
}

export function dayLine(at, now) {
  const line = element("div", "day", dayWords(at, now));
  line.dataset.at = at.toISOString();
  return line;
}

// What was today is yesterday once the clock has moved.
export function nameDays(thread, now) {
  for (const line of thread.querySelectorAll(".day")) line.textContent = dayWords(new Date(line.dataset.at), now);
}

export function listSheet(message, act) {
  const holder = element("div", "list");
  holder.append(element("h3", "", message.options_label || WORDS.choose));
  for (const option of message.options) {
    const node = element("button", "option");
    node.type = "button";
    node.append(element("strong", "", option.title), element("span", "", option.description));
    node.addEventListener("click", () => act.pick(message, option));
    holder.append(node);
  }
  const cancel = element("button", "option cancel", WORDS.cancel);
  cancel.type = "button";
  cancel.addEventListener("click", () => act.closeList());
  holder.append(cancel);
  return holder;
}

