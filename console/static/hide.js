// Esc twice, quickly: the screen is blank at once and the page is no longer in the browser's history.

const WITHIN = 600;
const link = document.querySelector("[data-hide]");
let last = -WITHIN;

function hide() {
  document.body.replaceChildren();
  document.title = "Pausa";
  window.location.replace(link.href);
}

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - last < WITHIN) hide();
    last = event.timeStamp;
  },
  { capture: true },
);
link.addEventListener("click", (event) => {
  event.preventDefault();
  hide();
});
