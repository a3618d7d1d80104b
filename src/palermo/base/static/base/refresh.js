// A part of a page on which something is still being made follows by itself: it is fetched anew every two seconds, for
// two minutes at most. The line that says how far it is stays in its place and is read aloud when its words change.
"use strict";
(() => {
  const EVERY = 2000;
  const LONGEST = 120000;
  const line = document.querySelector("[data-refresh]");
  if (!line) return;
  const begun = Date.now();
  const { refresh: part, follows, late } = line.dataset;
  line.textContent = follows;

  async function look() {
    try {
      const reply = await fetch(location.pathname + location.search, { credentials: "same-origin" });
      if (reply.ok) show(new DOMParser().parseFromString(await reply.text(), "text/html"));
    } catch {
      // The line is down: the next look may succeed.
    }
    if (!("refresh" in line.dataset)) return;
    if (Date.now() - begun < LONGEST) setTimeout(look, EVERY);
    else line.textContent = late;
  }

  function show(page) {
    const now = page.getElementById(line.id);
    const fresh = page.getElementById(part);
    const old = document.getElementById(part);
    if (!now || !fresh) return;
    if (fresh.innerHTML !== old.innerHTML) {
      const held = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
      old.replaceChildren(...document.importNode(fresh, true).childNodes);
      if (held) [...old.querySelectorAll("a")].find((link) => link.getAttribute("href") === held)?.focus();
    }
    if ("refresh" in now.dataset) return;
    delete line.dataset.refresh;
    line.textContent = now.textContent;
  }

  setTimeout(look, EVERY);
})();
