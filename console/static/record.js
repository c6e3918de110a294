// A form of the record that was changed and not saved is not left by mistake: a link to leave asks first.

let sending = false;

function untouched(field) {
  if (field.type === "radio" || field.type === "checkbox") return field.checked === field.defaultChecked;
  if (field.options) return [...field.options].every((one) => one.selected === one.defaultSelected) || field.value === "";
  return field.value === field.defaultValue;
}

function changed(form) {
  return [...form.elements].some((field) => field.name && field.type !== "hidden" && !untouched(field));
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sending = true;
});
window.addEventListener("beforeunload", (event) => {
  if (!sending && [...document.querySelectorAll("form[data-guard]")].some((form) => form.dataset.guard === "refused" || changed(form))) event.preventDefault();
});
