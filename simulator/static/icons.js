// Drawings of our own, as SVG paths on a 24-unit square.
const PATHS = {
  send: '<path d="M4 12 20 4l-6 16-3-6-7-2z"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  close: '<path d="M6 6l12 12M18 6 6 18"/>',
  signal: '<path d="M5 19v-3M10 19v-6M15 19v-9M20 19V6"/>',
  noSignal: '<path d="M5 19v-3M10 19v-6M4 4l16 16"/>',
  photo: '<rect x="4" y="5" width="16" height="14" rx="2.5"/><path d="m5 17 5-5 4 4 2-2 3 3"/><circle cx="15.5" cy="9.5" r="1.4"/>',
  file: '<path d="M7 4h7l4 4v12H7zM14 4v4h4"/>',
  voice: '<rect x="9.5" y="3.5" width="5" height="11" rx="2.5"/><path d="M6 11.5a6 6 0 0 0 12 0M12 17.5V21"/>',
  location: '<path d="M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11z"/><circle cx="12" cy="10" r="2.2"/>',
  sticker: '<path d="M5 5h14v8l-6 6H5z"/><path d="M19 13h-6v6"/>',
  contact: '<circle cx="12" cy="9" r="3.5"/><path d="M5 20c.8-4 3.6-6 7-6s6.2 2 7 6"/>',
  list: '<path d="M9 7h11M9 12h11M9 17h11M4.5 7h.01M4.5 12h.01M4.5 17h.01"/>',
  play: '<path d="M8 5.500v13l11-6.500z"/>',
  clock: '<circle cx="12" cy="12" r="7.5"/><path d="M12 8v4.300l2.8 1.7"/>',
  tick: '<path d="m6 12.5 4 4 8-9"/>',
  ticks: '<path d="m2.5 12.5 4 4 8-9M11.5 15.500l1 1 8-9"/>',
  alert: '<circle cx="12" cy="12" r="8"/><path d="M12 8v5M12 16h.01"/>',
};

export function icon(name) {
  const holder = document.createElement("span");
  holder.className = "svg";
  // The markup is one of the constants above, never anything that was received.
  holder.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${PATHS[name]}</svg>`;
  return holder;
}
