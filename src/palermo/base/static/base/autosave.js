// Saves each answer of a form as it is typed. The page works without it: then its buttons save.
//
// One request at a time for each question, and what is typed meanwhile is sent after it. The reply's revision goes into
// the form, so that a page never conflicts with itself; and a request whose reply was lost is sent again unchanged
// before anything newer. What has not been acknowledged is kept on this computer, for this person only.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const { save: address, code: placeholder, person, place, login, words } = JSON.parse(form.dataset.autosave);
  const DELAY = 800;
  const LONGEST_WAIT = 30000;
  const prefix = `palermo:${person}:${place}:`;
  const line = document.getElementById("line");
  const questions = new Map();
  let halted = ""; // "" | "ended" | "other"

  // ── What is typed ──
  const named = (question) => [...question.card.querySelectorAll("[name]")].filter((field) => field.name.startsWith(`${question.code}:`));
  const isRevision = (field) => field.name.endsWith(":revision");
  const isUuid = (field) => /:rows-\d+-uuid$/.test(field.name);
  const checkable = (field) => field.type === "radio" || field.type === "checkbox";
  const filled = (field) => (checkable(field) ? field.checked : field.value !== "") && field.type !== "submit";

  // Only what is filled in, so that an untouched empty row says nothing.
  function typed(question) {
    const pairs = new URLSearchParams();
    for (const field of named(question)) {
      if (!filled(field) || isRevision(field) || field.tagName === "BUTTON") continue;
      if (isUuid(field)) {
        const row = field.closest(".row");
        if (![...row.querySelectorAll("[name]")].some((other) => other !== field && filled(other))) continue;
      }
      pairs.append(field.name, field.value);
    }
    return pairs.toString();
  }

  function fill(question, text) {
    const pairs = new URLSearchParams(text);
    const rows = question.card.querySelector("[data-rows]");
    const highest = Math.max(-1, ...[...pairs.keys()].map((name) => Number(/:rows-(\d+)-/.exec(name)?.[1] ?? -1)));
    while (rows && rows.querySelectorAll(".row").length <= highest) addRow(rows);
    for (const field of named(question)) {
      if (isRevision(field) || field.tagName === "BUTTON") continue;
      if (checkable(field)) field.checked = pairs.getAll(field.name).includes(field.value);
      else if (pairs.has(field.name)) field.value = pairs.get(field.name);
      else if (!isUuid(field) && field.tagName !== "SELECT") field.value = "";
    }
    for (const part of question.card.querySelectorAll("details")) {
      part.open = part.open || [...part.querySelectorAll("textarea, input")].some(filled);
    }
    for (const row of question.card.querySelectorAll(".row[hidden]")) row.hidden = ![...row.querySelectorAll("[name]")].some((field) => !isUuid(field) && filled(field));
    arrange(question);
  }

  // ── Kept on this computer ──
  function keep(question) {
    const entry = { base: question.base(), text: typed(question), sent: question.sending?.text, url: question.url };
    try {
      localStorage.setItem(prefix + question.code, JSON.stringify(entry));
    } catch {
      // A full or forbidden store: the page itself still holds the text, and warns before it is left.
    }
  }
  function forget(code) {
    try {
      localStorage.removeItem(prefix + code);
    } catch {
      // As above.
    }
  }
  function kept(code) {
    try {
      return JSON.parse(localStorage.getItem(prefix + code));
    } catch {
      return null;
    }
  }

  // ── What the person sees ──
  function show(question, state, text, link) {
    question.card.dataset.state = state;
    const sign = question.card.querySelector(".sign");
    if (sign.textContent !== text) sign.textContent = text;
    if (link) sign.append(" ", anchor(link, words.decide));
  }
  function anchor(url, text, apart) {
    const made = document.createElement("a");
    made.href = url;
    made.textContent = text;
    if (apart) made.target = "_blank";
    return made;
  }
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const waiting = () => [...questions.values()].filter((question) => question.waits);
  let said = "";
  function tell(text, ...further) {
    if (text === said) return;
    said = text;
    line.hidden = !text;
    line.replaceChildren(text, ...further.flatMap((part) => [" ", part]));
  }
  function report() {
    const count = waiting().length;
    if (halted === "ended") tell(words.ended, anchor(login, words.sign_in, true));
    else if (halted === "other") tell(words.other);
    else if (count) tell((words.down[plural.select(count)] ?? words.down.other).replace("%(count)s", count));
    else if (said && said !== words.back && said !== words.declared) {
      tell(words.back);
      setTimeout(() => said === words.back && tell(""), 6000);
    }
  }
  function remark(question, sentences) {
    const box = document.getElementById(`${question.card.id}-remarks`);
    box.replaceChildren(...sentences.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence })));
    for (const field of question.card.querySelectorAll('input[name$=":value"]:not([type="radio"], [type="checkbox"])')) {
      field.toggleAttribute("aria-invalid", sentences.length > 0);
      if (sentences.length) field.setAttribute("aria-invalid", "true");
    }
  }
  function took(question, reply) {
    remark(question, reply.remarks ?? []);
    for (const code of reply.appeared ?? []) asked(code, true);
    for (const code of reply.disappeared ?? []) asked(code, false);
    for (const mark of document.querySelectorAll(`[data-said-by="${CSS.escape(question.code)}"]`)) mark.remove();
    for (const code of reply.invalid ?? []) {
      const other = questions.get(code);
      if (!other || other === question) continue;
      const mark = Object.assign(document.createElement("p"), { textContent: words.invalid });
      mark.dataset.saidBy = question.code;
      document.getElementById(`${other.card.id}-remarks`).append(mark);
    }
    document.getElementById("progress").textContent = reply.progress;
    const count = document.querySelector(".rail [aria-current] .tag");
    if (count) count.textContent = `${reply.answered}/${reply.total}`;
    if (reply.undone) undone();
  }
  // The panel at the end says so too, and offers to declare anew.
  function undone() {
    tell(words.declared);
    const panel = document.getElementById("complete");
    panel.querySelector("p").textContent = words.declared;
    const takeBack = panel.querySelector('form[action$="/declare/take-back/"]');
    if (!takeBack) return;
    takeBack.action = takeBack.action.replace(/take-back\/$/, "");
    const button = takeBack.querySelector("button");
    button.textContent = words.declare;
    button.classList.remove("second");
  }
  function asked(code, applies) {
    const box = form.querySelector(`[data-asked="${CSS.escape(code)}"]`);
    if (box) box.hidden = !applies;
  }

  // ── Saving ──
  // The cookie is read each time: signing in again, in another tab, gives a new one.
  const token = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

  async function post(url, code, text, base) {
    const body = new URLSearchParams(text);
    body.append(`${code}:revision`, base);
    body.append("person", person);
    const answer = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      keepalive: text.length < 50000,
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      signal: AbortSignal.timeout?.(20000),
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { status: answer.type === "opaqueredirect" ? 401 : answer.status, reply: isJson ? await answer.json() : {} };
  }

  function later(question, wait) {
    clearTimeout(question.timer);
    question.timer = setTimeout(() => send(question), wait);
  }

  async function send(question) {
    clearTimeout(question.timer);
    if (question.busy || halted === "other") return;
    // A request whose reply was lost goes out again as it was.
    question.sending ??= { text: typed(question), base: question.base() };
    const { text, base } = question.sending;
    if (text === question.saved) {
      question.sending = null;
      question.waits = false;
      return;
    }
    question.busy = true;
    keep(question);
    if (!question.waits) show(question, "saving", words.saving);
    let status = 0;
    let reply = {};
    try {
      ({ status, reply } = await post(question.url, question.code, text, base));
    } catch {
      status = 0;
    }
    question.busy = false;
    received(question, text, status, reply);
    report();
  }

  function received(question, text, status, reply) {
    // A security token is old once somebody has signed in anew; if there is none at all, the session has ended too.
    const tokenless = status === 403 && reply.code === "csrf";
    const again = tokenless && !question.askedAgain;
    question.askedAgain = again;
    if (status === 0 || status === 401 || status === 429 || status >= 500 || tokenless) {
      if (status === 401 || (tokenless && !again)) halted = "ended";
      question.waits = !again;
      question.tries = again ? 0 : question.tries + 1;
      if (!again) show(question, "waiting", words.waits);
      later(question, again ? 0 : Math.min(LONGEST_WAIT, 500 * 2 ** question.tries));
      return;
    }
    if (halted === "ended") {
      halted = "";
      wake();
    }
    question.sending = null;
    question.waits = false;
    question.tries = 0;
    if (status === 200) {
      question.revision.value = reply.revision;
      question.saved = text;
      question.lost = false;
      show(question, "saved", reply.sign);
      took(question, reply);
      tabs?.postMessage({ code: question.code, text, reply });
    } else if (status === 409 && reply.conflict) {
      // The server keeps this text too; it stays here until the person has decided.
      question.saved = text;
      question.lost = false;
      show(question, "conflict", reply.message, reply.conflict);
    } else {
      if (reply.code === "other_person") halted = "other";
      const otherwise = { 404: words.gone, 413: words.too_long, 400: words.too_long };
      question.saved = text;
      question.lost = true;
      show(question, "failed", reply.message || otherwise[status] || words.refused);
      keep(question);
      return;
    }
    if (typed(question) === question.saved) forget(question.code);
    else later(question, DELAY);
  }

  const unsaved = (question) => question.lost || question.busy || question.waits || typed(question) !== question.saved;
  const pending = () => [...questions.values()].filter(unsaved);
  function wake() {
    for (const question of pending()) if (!question.busy && !question.lost) later(question, 0);
  }
  async function flush(longest) {
    const end = Date.now() + longest;
    wake();
    while (pending().length && !halted && !waiting().length && Date.now() < end) {
      await new Promise((done) => setTimeout(done, 50));
      for (const question of pending()) if (!question.busy && !question.lost && !question.waits) send(question);
      if (pending().every((question) => question.lost)) break;
    }
    return pending().length === 0;
  }

  // ── Other tabs of the same person ──
  // What one tab has saved stands in the others too, so that nobody conflicts with themselves by going back to an old
  // tab. A question in which something else has been typed is left alone.
  const tabs = window.BroadcastChannel && new BroadcastChannel(prefix);
  tabs?.addEventListener("message", ({ data: { code, text, reply } }) => {
    const question = questions.get(code);
    if (!question || unsaved(question) || question.card.dataset.state === "conflict") return;
    if (Number(reply.revision) <= Number(question.base())) return;
    fill(question, text);
    question.revision.value = reply.revision;
    question.saved = typed(question);
    show(question, "saved", reply.sign);
    took(question, reply);
  });

  // ── Rows ──
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }
  function addRow(rows) {
    const list = rows.querySelector(".rows");
    const last = list.lastElementChild;
    const number = list.children.length;
    const row = last.cloneNode(true);
    for (const field of row.querySelectorAll("[name], [for]")) {
      if (field.name) field.name = field.name.replace(/:rows-\d+-/, `:rows-${number}-`);
      for (const key of ["id", "htmlFor"]) if (field[key]) field[key] = field[key].replace(/-\d+-([a-z_]+)$/, `-${number}-$1`);
      if (checkable(field)) field.checked = false;
      else if (field.name?.endsWith("-uuid")) field.value = uuid();
      else if ("value" in field) field.value = "";
    }
    const title = rows.dataset.title.replace("%(number)s", number + 1);
    row.setAttribute("aria-label", title);
    row.querySelector(".row-head span").textContent = title;
    row.classList.remove("leaving");
    row.hidden = false;
    list.append(row);
    return row;
  }
  function arrange(question) {
    const { card } = question;
    for (const row of card.querySelectorAll(".row")) row.classList.toggle("leaving", row.querySelector("[data-remove]")?.checked ?? false);
    const rows = card.querySelector("[data-when]");
    if (rows) {
      const chosen = card.querySelector('input[type="radio"]:checked')?.value;
      const used = [...rows.querySelectorAll("input, select, textarea")].some((field) => field.type !== "hidden" && filled(field));
      rows.hidden = chosen !== rows.dataset.when && !used;
    }
    const clear = card.querySelector("[data-clear]");
    if (clear) clear.hidden = !card.querySelector('input[type="radio"]:checked');
    const language = card.querySelector("[data-language]");
    const text = card.querySelector('textarea[name$=":text"]');
    if (language && text && language.value) text.lang = language.value;
  }

  // ── Wiring ──
  const at = (target) => questions.get(target.closest?.("[data-code]")?.dataset.code);
  function changed(question, wait) {
    arrange(question);
    question.lost = false;
    if (question.waits) keep(question);
    else later(question, wait);
  }
  for (const card of form.querySelectorAll("[data-code]")) {
    const code = card.dataset.code;
    const revision = card.querySelector(`[name="${CSS.escape(code)}:revision"]`);
    if (!revision) continue;
    const question = { card, code, revision, url: address.replace(placeholder, code), tries: 0, sending: null };
    question.base = () => revision.value;
    question.saved = typed(question);
    questions.set(code, question);
    // The empty row after others waits behind its button.
    const empty = card.querySelector(".row[data-empty]");
    if (empty?.previousElementSibling) empty.hidden = true;
    arrange(question);
  }
  form.addEventListener("input", (event) => at(event.target) && changed(at(event.target), DELAY));
  form.addEventListener("change", (event) => at(event.target) && changed(at(event.target), 150));
  form.addEventListener("focusout", (event) => {
    const question = at(event.target);
    if (question && !question.waits && !question.card.contains(event.relatedTarget) && unsaved(question)) later(question, 0);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const question = button && at(button);
    if (!question) return;
    if (button.name === "add") {
      event.preventDefault();
      const rows = button.closest("[data-rows]");
      const last = rows.querySelector(".rows").lastElementChild;
      const used = [...last.querySelectorAll("input, select, textarea")].some((field) => field.type !== "hidden" && filled(field));
      const row = used ? addRow(rows) : last;
      row.hidden = false;
      row.querySelector(".row-head ~ div input, .row-head ~ div select, .row-head ~ div textarea").focus();
    } else if ("clear" in button.dataset) {
      for (const choice of question.card.querySelectorAll('input[type="radio"]')) choice.checked = false;
      question.card.querySelector('input[type="radio"]').focus();
      changed(question, 0);
    }
  });
  // A button that leads elsewhere (the mark for a second look) goes there once everything is saved.
  let leaving = false;
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (leaving) return;
    event.preventDefault();
    leaving = (await flush(8000)) && !!button?.hasAttribute("formaction");
    if (leaving) form.requestSubmit(button);
  });
  for (const button of form.querySelectorAll("[data-plain]")) button.hidden = true;
  form.querySelector(".save-bar button").classList.add("second", "small");
  for (const button of form.querySelectorAll('[name="add"]')) button.textContent = words.another;

  // Other forms and links of the page wait until everything is saved, so that nothing is left behind.
  document.addEventListener("submit", async (event) => {
    const other = event.target;
    if (!("flush" in other.dataset) || !pending().length) return;
    event.preventDefault();
    if (await flush(8000)) other.submit();
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[href]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.hash) return;
    if (!pending().length || waiting().length || halted) return;
    event.preventDefault();
    await flush(3000);
    location.href = link.href;
  });
  const palermo = (window.palermo = window.palermo || {});
  (palermo.unsaved = palermo.unsaved || []).push(() => pending().length > 0);
  window.addEventListener("pagehide", () => pending().forEach(keep));
  window.addEventListener("online", wake);
  window.addEventListener("focus", () => waiting().length && wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") return waiting().length && wake();
    pending().forEach(keep);
    wake();
  });

  // ── What was kept from before ──
  function offer(question, entry) {
    const box = document.createElement("div");
    box.className = "offer";
    const says = Object.assign(document.createElement("p"), { textContent: words.found });
    const text = document.createElement("blockquote");
    text.dir = "auto";
    const pairs = new URLSearchParams(entry.text);
    const values = [...pairs].filter(([name]) => !/language$|uuid$/.test(name)).map(([, value]) => value);
    text.textContent = pairs.get(`${question.code}:text`) ?? values.join(" · ");
    const buttons = Object.assign(document.createElement("p"), { className: "actions" });
    const button = (label, kind, act) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: `small ${kind}`, textContent: label });
      made.addEventListener("click", () => {
        box.remove();
        question.card.focus();
        act();
      });
      buttons.append(made);
    };
    // With the base that it was written on, so that both texts are kept and the person decides.
    button(words.use, "", () => {
      fill(question, entry.text);
      question.sending = { text: entry.text, base: entry.base };
      later(question, 0);
    });
    button(words.drop, "second", () => forget(question.code));
    box.append(says, text, buttons);
    question.card.querySelector(".state").before(box);
  }
  function restore(code) {
    const entry = kept(code);
    const question = questions.get(code);
    if (!entry || typeof entry.text !== "string") return forget(code);
    if (!question) {
      // Of another page of this response: the server takes it, or keeps it beside the other text.
      if (typeof entry.url !== "string" || !entry.url.startsWith("/")) return forget(code);
      post(entry.url, code, entry.text, entry.base).then(({ status, reply }) => {
        if (status === 200 || (status === 409 && reply.conflict)) forget(code);
      }, () => undefined);
      return;
    }
    if (entry.text === question.saved) return forget(code);
    if (entry.base === question.base() || entry.sent === question.saved) {
      fill(question, entry.text);
      show(question, "waiting", words.restored);
      later(question, 0);
    } else offer(question, entry);
  }
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) restore(key.slice(prefix.length));
  } catch {
    // No store on this computer.
  }
})();
