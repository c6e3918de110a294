// One phone: its screen and its composer. Live changes add to the thread and never touch what is being typed.
import { newSid, send, setPhone } from "./api.js";
import { bubble, dayLine, listSheet, nameDays, setStatus } from "./bubble.js";
import { icon } from "./icons.js";
import { canRecord, record } from "./record.js";
import { dayNumber, prettyNumber } from "./text.js";
import { WORDS } from "./words.js";

const LARGEST_FILE = 5 * 1024 * 1024;

export class PhoneCard {
  constructor(data) {
    this.number = data.phone;
    this.drawn = new Map();
    this.pending = new Map();
    this.unsent = [];
    this.stays = true;
    const template = document.getElementById("phone-template");
    this.node = template.content.firstElementChild.cloneNode(true);
    this.node.dataset.phone = data.phone;
    for (const name of ["thread", "menu", "sheet", "note", "window", "jump", "composer", "file", "recording"]) {
      this[name] = this.node.querySelector(`.${name}`);
    }
    this.field = this.node.querySelector("textarea");
    this.signal = this.node.querySelector(".signal");
    this.node.querySelector(".send").append(icon("send"));
    this.node.querySelector(".attach").append(icon("plus"));
    this.node.querySelector(".close").append(icon("close"));
    this.window.title = WORDS.windowHint;
    this.fillMenu();
    this.listen();
  }

  listen() {
    const attach = this.node.querySelector(".attach");
    attach.addEventListener("click", () => this.toggleMenu(this.menu.hidden));
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (!this.menu.hidden) attach.focus();
      this.toggleMenu(false);
      this.closeList();
    });
    this.node.querySelector(".close").addEventListener("click", () => setPhone({ phone: this.number, shown: false }));
    this.signal.addEventListener("click", () => setPhone({ phone: this.number, online: !this.data.online }));
    this.jump.addEventListener("click", () => this.toEnd());
    this.thread.addEventListener("scroll", () => {
      this.stays = this.atEnd();
      if (this.stays) this.jump.hidden = true;
    });
    // A keyboard, a notice or a turned screen changes the height: who was at the end stays there.
    new ResizeObserver(() => this.stays && this.toEnd()).observe(this.thread);
    this.file.addEventListener("change", () => this.sendFile());
    this.field.addEventListener("input", () => this.fitField());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.composer.requestSubmit();
      }
    });
    this.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.field.value.trim();
      this.toggleMenu(false);
      if (!text) return;
      this.field.value = "";
      this.fitField();
      this.say({ body: text });
    });
  }

  fillMenu() {
    const photo = { media: ["image/png"] };
    const entries = [
      ["sample", "photo", () => this.say(photo)],
      ["file", "file", () => this.file.click()],
      ...(canRecord() ? [["record", "voice", () => this.record()]] : []),
      ["voice", "voice", () => this.say({ media: ["audio/ogg"] })],
      ["location", "location", () => this.say({ location: WORDS.place })],
      ["sticker", "sticker", () => this.say({ media: ["image/webp"] })],
      ["contact", "contact", () => this.say({ media: ["text/vcard"] })],
    ];
    for (const [word, drawing, act] of entries) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.attach = word;
      button.append(icon(drawing), WORDS.attach[word]);
      button.addEventListener("click", () => {
        this.toggleMenu(false);
        act();
      });
      this.menu.append(button);
    }
  }

  toggleMenu(open) {
    this.menu.hidden = !open;
    this.node.querySelector(".attach").setAttribute("aria-expanded", String(open));
  }

  fitField() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 120)}px`;
  }

  async sendFile() {
    const file = this.file.files[0];
    this.file.value = "";
    if (!file) return;
    if (file.size > LARGEST_FILE) {
      window.alert(WORDS.tooLarge);
      return;
    }
    this.sayFile(file, file.type || "application/octet-stream");
  }

  async sayFile(blob, kind) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    this.say({ media: [{ content_type: kind, data: btoa(text) }] });
  }

  record() {
    record(this.recording, (sound, kind) => this.sayFile(sound, kind), () => window.alert(WORDS.noMicrophone));
  }

  say(what) {
    const sid = newSid(what.media ? "MM" : "SM");
    const media = (what.media || []).map(() => ({ url: "", content_type: "" }));
    const message = {
      sid, mine: true, text: what.body || what.button_text || "", at: new Date(this.now || Date.now()).toISOString(),
      status: "pending", template: false, media, buttons: [], options: [], location: what.location || null,
    };
    // A file has no address before the simulator holds it, so it is drawn when it comes back in the feed.
    if (!media.length) {
      this.pending.set(sid, message);
      this.draw();
    }
    this.toEnd();
    if (this.data.online) this.leave({ ...what, message_sid: sid });
    else this.unsent.push({ ...what, message_sid: sid });
  }

  async leave(what) {
    const answer = await send(this.number, what);
    const message = this.pending.get(what.message_sid);
    if (!answer.error || !message) return;
    message.status = "failed";
    this.draw();
  }

  tap(message, button) {
    this.say({ button_payload: button.id, button_text: button.title, reply_to: message.sid });
  }

  pick(message, option) {
    this.closeList();
    this.say({ button_payload: option.id, button_text: option.title, reply_to: message.sid });
  }

  openList(message) {
    this.sheet.replaceChildren(listSheet(message, this));
    this.sheet.hidden = false;
  }

  closeList() {
    this.sheet.hidden = true;
  }

  retry(message) {
    const again = this.pending.has(message.sid) ? { body: message.text } : {};
    this.leave({ ...again, message_sid: message.sid });
  }

  show(data, now) {
    this.data = data;
    this.now = now;
    this.node.querySelector(".name").textContent = data.profile_name || prettyNumber(data.phone);
    this.node.querySelector(".number").textContent = prettyNumber(data.phone);
    this.note.textContent = data.online ? data.note : WORDS.noSignal;
    this.window.textContent = data.window_open ? WORDS.windowOpen : WORDS.windowClosed;
    this.window.classList.toggle("open", data.window_open);
    this.node.classList.toggle("no-signal", !data.online);
    this.signal.title = data.online ? WORDS.signalOn : WORDS.signalOff;
    this.signal.setAttribute("aria-label", this.signal.title);
    this.signal.replaceChildren(icon(data.online ? "signal" : "noSignal"));
    for (const message of data.thread) this.pending.delete(message.sid);
    if (data.online) for (const what of this.unsent.splice(0)) this.leave(what);
    this.draw();
    nameDays(this.thread, now);
  }

  draw() {
    const thread = [...this.data.thread, ...this.pending.values()];
    const stayed = this.atEnd();
    const gone = [...this.drawn.keys()].some((sid) => !thread.some((message) => message.sid === sid));
    if (gone || !thread.length) this.clear();
    const answered = thread.findLastIndex((message) => !message.mine);
    let added = false;
    thread.forEach((message, index) => {
      const status = message.mine && index < answered && message.status === "delivered" ? "read" : message.status;
      const line = this.drawn.get(message.sid);
      if (line) setStatus(line, status);
      else added = this.add({ ...message, status }) || added;
    });
    if (added && stayed) this.toEnd();
    else if (added) this.jump.hidden = false;
  }

  clear() {
    this.drawn.clear();
    this.lastDay = "";
    this.thread.replaceChildren();
    if (this.data.thread.length || this.pending.size) return;
    const start = document.createElement("p");
    start.className = "start";
    start.textContent = WORDS.start;
    this.thread.append(start);
  }

  add(message) {
    this.thread.querySelector(".start")?.remove();
    const at = new Date(message.at);
    if (dayNumber(at) !== this.lastDay) this.thread.append(dayLine(at, this.now));
    this.lastDay = dayNumber(at);
    const line = bubble(message, this);
    this.drawn.set(message.sid, line);
    this.thread.append(line);
    return true;
  }

  atEnd() {
    return this.thread.scrollHeight - this.thread.scrollTop - this.thread.clientHeight < 60;
  }

  toEnd() {
    this.thread.scrollTop = this.thread.scrollHeight;
    this.jump.hidden = true;
  }
}
