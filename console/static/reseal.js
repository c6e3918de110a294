// Seals what was sealed to a team's former key to the new one, part after part, while its page is open. The
// server keeps the place: a page that is closed, locked or without a connection loses nothing.

const PAUSE = 100;
const LATER = 4000;

function sleep(time) {
  return new Promise((done) => {
    window.setTimeout(done, time);
  });
}

async function next(part) {
  const headers = { "X-Fragment": "1", "X-CSRFToken": part.dataset.token };
  const answer = await fetch(part.dataset.reseal, { method: "POST", headers, redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.ok) part.innerHTML = await answer.text();
  return answer ? answer.status : 0;
}

async function run(part) {
  while (!part.querySelector("[data-finished]")) {
    const status = await next(part);
    // 423: the page is locked; it goes on once it is open again.
    if (![0, 200, 423, 503].includes(status)) return;
    await sleep(status === 200 && !part.querySelector("[data-waits]") ? PAUSE : LATER);
  }
}

document.querySelectorAll("[data-reseal]").forEach(run);
