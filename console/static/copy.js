// Copies a number or a place when its button is pressed, and says so. What is copied stands in the page alone.

const SAID = 2500;
const status = document.createElement("p");
status.className = "sr";
status.setAttribute("role", "status");
document.body.append(status);

function say(button, text) {
  const usual = button.dataset.usual || button.innerHTML;
  button.dataset.usual = usual;
  button.textContent = text;
  status.textContent = text;
  window.setTimeout(() => {
    button.innerHTML = usual;
    status.textContent = "";
  }, SAID);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button, button.dataset.copied);
  } catch {
    say(button, button.dataset.notCopied);
  }
});
