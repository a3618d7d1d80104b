// Small help on every page. All pages work without it.
"use strict";

// The rail is a closed drop-down on small screens and always open on wide ones.
const wide = window.matchMedia("(min-width: 64rem)");
function fitRail() {
  for (const rail of document.querySelectorAll("details[data-rail]")) rail.open = wide.matches;
}
wide.addEventListener("change", fitRail);
fitRail();

// The current article is in sight in a long rail, which begins with a whole line; the current tab in a narrow row.
for (const here of document.querySelectorAll(".desk-rail [aria-current]")) {
  const rail = here.closest(".desk-rail");
  const middle = here.offsetTop - rail.clientHeight / 2;
  const first = [...rail.querySelectorAll("li")].find((line) => line.offsetTop >= middle);
  if (middle > 0 && first) rail.scrollTop = first.offsetTop;
}
for (const here of document.querySelectorAll(".tabs [aria-current]")) {
  const row = here.parentElement;
  row.scrollLeft += here.getBoundingClientRect().left + here.offsetWidth / 2 - (row.getBoundingClientRect().left + row.clientWidth / 2);
}

// A menu closes by Escape and by a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// What went wrong is read first; a closed part that a link leads to opens.
document.querySelector("[data-focus]")?.focus();
function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target && target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}
window.addEventListener("hashchange", openTarget);
openTarget();

// A form marked data-leave asks before what was typed is left behind. Other scripts add their own reasons to
// palermo.unsaved: functions that return true while something is not yet saved.
const palermo = (window.palermo = window.palermo || {});
palermo.unsaved = palermo.unsaved || [];
const touched = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-leave]");
  if (form) touched.add(form);
});
document.addEventListener("submit", (event) => touched.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if (touched.size || palermo.unsaved.some((reason) => reason())) event.preventDefault();
});

// A filter applies at once; the button stays for those without scripts. data-print prints.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (form) form.requestSubmit();
});
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
