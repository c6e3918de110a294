// Text as a chat shows it: *bold*, _italic_, ~struck~ and links. Links are never fetched for a preview.
const MARKS = /(https?:\/\/[^\s<]+[^\s<.,;:!?)])|\*(\S(?:[^*\n]*\S)?)\*|_(\S(?:[^_\n]*\S)?)_|~(\S(?:[^~\n]*\S)?)~/g;

function part(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

function link(url) {
  const node = part("a", url);
  node.href = url;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

export function richText(text) {
  const holder = document.createElement("p");
  holder.className = "text";
  let from = 0;
  for (const found of text.matchAll(MARKS)) {
    holder.append(text.slice(from, found.index));
    const [all, url, bold, italic, struck] = found;
    holder.append(url ? link(url) : bold ? part("b", bold) : italic ? part("i", italic) : part("s", struck));
    from = found.index + all.length;
  }
  holder.append(text.slice(from));
  return holder;
}

export function prettyNumber(number) {
  const mexican = number.match(/^\+52(1?)(\d{2})(\d{4})(\d{4})$/);
  if (!mexican) return number;
  return ["+52", mexican[1], mexican[2], mexican[3], mexican[4]].filter(Boolean).join(" ");
}

// Hours and days are those of the programme, wherever this browser is: its quiet hours are told in them.
const timeZone = document.body.dataset.zone;
const clockFormat = new Intl.DateTimeFormat("es-MX", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
const dayFormat = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone });

export const hour = (at) => clockFormat.format(at);
// The calendar day as a number, so that two can be compared and taken from each other.
export const dayNumber = (at) => Date.parse(dayFormat.format(at)) / 86400000;
export const dayName = (at, form) => at.toLocaleDateString("es-MX", { ...form, timeZone });
