/* Keeps on this device what somebody typed and the server has not saved: through a lost connection, a lost sign-in, a
   closed tab. On every page of a member it says what waits, and sends it, with the revision that it was typed over, so
   that the server decides as it does for any save; what it does not take stays here until its author has chosen.

   Each text has a key of its own: the person, the assessment and the criterion, and the page that it was typed on. A
   page holds a lock of the name of its key, so that nobody else touches what is still being typed. */
(() => {
  "use strict";

  const section = document.getElementById("kept-on-device");
  if (!section) return;

  const list = section.querySelector("ul");
  const item = document.getElementById("kept-item");
  const WORDS = section.dataset;
  const MINE = `kept:${WORDS.person}:`; // never somebody else's
  const ADDRESS = /^\/assessments\/\d+\/criteria\/\d+\/$/;
  const locks = window.navigator.locks; // there are none on a page that came without HTTPS: then nothing is sent by itself
  const SOON = 500; // milliseconds
  const claimed = new Set(); // what this page itself looks after
  let store = null;
  try {
    store = window.localStorage;
  } catch {
    // the browser keeps nothing
  }

  /* --- What is kept ---------------------------------------------------------------------------------------------- */

  /* Whether it is kept for certain: a full or a forbidden store says no. */
  function write(key, entry) {
    const text = JSON.stringify(entry);
    try {
      store.setItem(key, text);
      return store.getItem(key) === text;
    } catch {
      return false;
    }
  }

  function read(key) {
    try {
      const entry = JSON.parse(store.getItem(key));
      return entry && ADDRESS.test(entry.address) && typeof entry.values === "object" ? { ...entry, key } : null;
    } catch {
      return null;
    }
  }

  function drop(key) {
    try {
      store.removeItem(key);
    } catch {
      // there was nothing
    }
  }

  function mine(start = MINE) {
    let keys = [];
    try {
      keys = Object.keys(store).filter((key) => key.startsWith(start));
    } catch {
      // nothing is kept
    }
    return keys.map(read).filter(Boolean).sort((a, b) => b.at - a.at);
  }

  const change = (entry, state) => write(entry.key, { ...entry, state });
  const criterionOf = (key) => key.slice(0, key.lastIndexOf(":"));

  /* Hold a lock for as long as this page lives; whether it was free, or soon was: a page that is left lets go of its own. */
  function hold(name, mode) {
    if (!locks) return Promise.resolve(true);
    return new Promise((answer) => {
      const forEver = () => {
        answer(true);
        return new Promise(() => {});
      };
      locks.request(name, { mode, signal: AbortSignal.timeout(SOON) }, forEver).catch(() => answer(false));
    });
  }

  /* --- For the page of a criterion (criterion.js) -------------------------------------------------------------------- */

  /* The key of what is typed on this page, and what its author had typed there before, which is this page's from now on. */
  async function claim(criterion) {
    const start = `${MINE}${criterion}:`;
    hold(start.slice(0, -1), "shared");
    for (const entry of mine(start)) {
      if (entry.state !== "aside" && await hold(entry.key, "exclusive")) {
        claimed.add(entry.key);
        show();
        return { key: entry.key, entry };
      }
    }
    const key = start + Math.random().toString(36).slice(2);
    claimed.add(key);
    hold(key, "exclusive");
    return { key, entry: null };
  }

  /* What its author did not choose stays here, and is not sent. */
  function putAside(key, state) {
    const entry = read(key);
    if (entry) change(entry, state);
    claimed.delete(key);
  }

  /* --- Sending ------------------------------------------------------------------------------------------------------- */

  function body(entry) {
    return new URLSearchParams({ ...entry.values, seen: entry.seen, asked: entry.asked, person: WORDS.person });
  }

  /* What a reply means: nothing where it is to be tried again later. */
  function verdict(response, text) {
    if (response.status === 404 || text.includes('data-why="not-allowed"')) return "held";
    if (!text.includes("save-state") || text.includes("data-why=")) return response.status === 413 ? "refused" : "";
    if (response.ok || text.includes("data-was-saved")) return "saved";
    if (response.status === 409) return text.includes("data-held") ? "held" : "conflict";
    return response.status === 422 ? "refused" : "";
  }

  async function deliver(entry) {
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    if (!token) return;
    const headers = { "HX-Request": "true", "X-CSRFToken": token[1] };
    const response = await fetch(entry.address, { method: "POST", headers, body: body(entry) });
    const means = verdict(response, await response.text());
    const now = read(entry.key);
    if (!now || JSON.stringify(now.values) !== JSON.stringify(entry.values)) return;
    if (means === "saved") drop(entry.key);
    else if (means) change(now, means);
    if (means === "saved") tell(entry);
  }

  async function deliverAll() {
    for (const entry of mine()) {
      if (entry.state || claimed.has(entry.key) || !locks) continue;
      await locks.request(criterionOf(entry.key), { ifAvailable: true }, async (lock) => {
        if (lock && read(entry.key)) await deliver(entry).catch(() => {}); // no connection: it waits
      });
    }
    show();
  }

  /* --- Saying so ----------------------------------------------------------------------------------------------------- */

  function tell(entry) {
    section.querySelector("[role=status]").textContent = `${WORDS.saved} ${entry.title}`;
  }

  function shown(entry) {
    const piece = item.content.cloneNode(true);
    const link = piece.querySelector("a");
    link.href = entry.address;
    link.textContent = entry.title;
    piece.querySelector("[data-state]").textContent = WORDS[entry.state || "waiting"];
    for (const name of ["words", "reason", "note"]) {
      piece.querySelector(`[data-${name}]`).textContent = (name === "words" ? entry.words : entry.values[name]) || "";
    }
    piece.querySelector("[data-again]").addEventListener("click", () => {
      change(entry, "");
      window.location.assign(entry.address);
    });
    piece.querySelector("[data-remove]").addEventListener("click", () => {
      drop(entry.key);
      show();
    });
    return piece;
  }

  async function show() {
    const held = locks ? (await locks.query()).held.map((lock) => lock.name) : [];
    const here = (entry) => entry.state !== "aside" || entry.address === window.location.pathname;
    const waiting = mine().filter((entry) => !claimed.has(entry.key) && !held.includes(entry.key) && here(entry));
    list.replaceChildren(...waiting.map(shown));
    section.hidden = !waiting.length && !section.querySelector("[role=status]").textContent;
    section.querySelector("[data-some]").hidden = !waiting.length;
    document.querySelectorAll("[data-when-kept]").forEach((each) => { each.hidden = !waiting.length; });
    document.querySelectorAll("[data-when-none-kept]").forEach((each) => { each.hidden = waiting.length > 0; });
  }

  /* Signing out takes along what was put aside, which its author did not choose. */
  document.querySelector("form[data-signs-out]")?.addEventListener("submit", () => {
    mine().filter((entry) => entry.state === "aside").forEach((entry) => drop(entry.key));
  });

  window.kept = { claim, drop, putAside, write };
  window.addEventListener("load", deliverAll);
  window.addEventListener("online", deliverAll);
  window.addEventListener("storage", (event) => { if (event.key?.startsWith(MINE)) show(); });
})();
