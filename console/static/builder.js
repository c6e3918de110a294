// The conditions of an audience: rows come and go without loading the page, and the count follows what is
// chosen. Without this script the same buttons submit the form, and the page comes back with the rows.

const form = document.querySelector("form[data-count]");
const place = document.getElementById("builder");
const WAIT = 500;
let timer = 0;
let asking = null;

// The button is added by hand: a browser that leaves it out would save the form instead.
function fields(button) {
  const body = new URLSearchParams(new FormData(form));
  if (button) body.set(button.name, button.value);
  return body;
}

async function ask(url, body, signal) {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-Fragment": "1" }, redirect: "manual", signal });
  return answer.ok ? answer.text() : null;
}

async function count() {
  asking?.abort();
  asking = new AbortController();
  const shown = document.getElementById("count");
  try {
    const html = await ask(form.dataset.count, fields(), asking.signal);
    if (html !== null) shown.innerHTML = html;
  } catch {
    // Another count took its place, or there is no connection: the button counts too.
  }
}

function countSoon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(count, WAIT);
}

// Where the eye and the keyboard go after a button: to the new row, else to what comes next.
function follow(asked) {
  const added = asked.startsWith("add:") ? asked.split(":")[1] : null;
  const rows = added === null ? [] : place.querySelectorAll(`[name^="b${added}_"]:not([type="hidden"])`);
  const own = [...rows].filter((one) => /^b\d+_\d+_/.test(one.name));
  const last = own.length ? own.filter((one) => one.closest(".condition") === own.at(-1).closest(".condition"))[0] : null;
  (last ?? place.querySelector(".block:last-of-type select")).focus();
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button || !place.contains(button)) return;
  event.preventDefault();
  if (button.value === "count") {
    await count();
    return;
  }
  try {
    const html = await ask(form.action, fields(button));
    if (html === null) throw new Error("refused");
    place.innerHTML = html;
    follow(button.value);
    countSoon();
  } catch {
    // As without this script; a hidden field stands for the button.
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = button.name;
    kept.value = button.value;
    form.append(kept);
    form.submit();
  }
});

place.addEventListener("input", countSoon);
countSoon();
