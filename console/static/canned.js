// Texts that the team sends often: found by title, put into the box where the cursor stands. «/» in an empty box opens them.

const menu = document.querySelector("[data-canned-for]");
const search = menu?.querySelector("input[type=search]");
const box = menu && document.getElementById(menu.dataset.cannedFor);

function plain(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
}

function shown() {
  return [...menu.querySelectorAll("li:not([hidden]) button")];
}

function filter() {
  const wanted = plain(search.value).split(/\s+/).filter(Boolean);
  for (const line of menu.querySelectorAll("li")) {
    const title = plain(line.dataset.title);
    line.hidden = !wanted.every((word) => title.includes(word));
  }
  menu.querySelector("[data-none]").hidden = shown().length > 0;
}

function put(text) {
  const before = box.value.slice(0, box.selectionStart);
  const apart = before && !/\s$/.test(before) ? "\n" : "";
  box.setRangeText(apart + text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  search.value = "";
  filter();
  menu.open = false;
  box.focus();
}

function onKey(event) {
  const all = shown();
  const at = all.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && all.length) (all[at + 1] || all[all.length - 1]).focus();
  else if (event.key === "ArrowUp" && at >= 0) (all[at - 1] || search).focus();
  else if (event.key === "Enter" && event.target === search) all[0]?.click();
  else if (event.key === "Escape") {
    menu.open = false;
    box.focus();
    return; // twice still hides the page
  } else return;
  event.preventDefault();
}

function onSlash(event) {
  if (event.key !== "/" || box.value !== "") return;
  event.preventDefault();
  menu.open = true;
  search.focus();
}

if (search && box) {
  search.addEventListener("input", filter);
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("click", (event) => {
    const chosen = event.target.closest("button[data-body]");
    if (chosen) put(chosen.dataset.body);
  });
  box.addEventListener("keydown", onSlash);
}
