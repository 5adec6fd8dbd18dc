/* What the two pages share that save an answer as it is given, criterion.js and respond.js: the line that says how saving
   stands, the panel that says what is wrong, what a reply means, trying again, clearing, and leaving by a link. */
window.saving = (() => {
  "use strict";

  const form = document.getElementById("answer");
  if (!form || !window.htmx) return null;

  const state = document.getElementById("save-state");
  const trouble = document.getElementById("trouble");
  const WORDS = { ...state.dataset }; // what is said of saving, in the language of the page
  const WAITS = [2, 4, 8, 15, 30, 60]; // seconds between tries that nobody asked for
  const LONGEST_GOODBYE = 3000; // milliseconds that leaving waits for a save
  const REFUSALS = [401, 403, 409, 422];

  let tries = 0;
  let timer = 0;

  /* --- What is said ------------------------------------------------------------------------------------------------ */

  function say(words, kind) {
    if (state.textContent.trim() === words) return;
    const line = document.createElement("p");
    line.className = kind ? `save-state save-state--${kind}` : "save-state";
    line.textContent = words;
    state.replaceChildren(line);
  }

  function show(panel) {
    if (trouble.firstElementChild?.dataset.panel === panel) return; // an alert is spoken once
    trouble.replaceChildren(document.getElementById(panel).content.cloneNode(true));
  }

  const reveal = () => trouble.firstElementChild?.scrollIntoView({ block: "nearest" });

  /* --- Sending ------------------------------------------------------------------------------------------------------ */

  /* Whether the next try has its time already, so that typing need not ask for one. */
  const isWaiting = () => timer !== 0;

  function send() {
    clearTimeout(timer);
    timer = 0;
    window.htmx.trigger(form, "save");
  }

  function sendAnew() {
    tries = 0;
    send();
  }

  /* What a reply means. Every reply of this app fills the line that says how saving stands; any other is a stranger's. */
  function verdict(xhr) {
    const ours = xhr.getResponseHeader("HX-Redirect") || xhr.responseText.includes("save-state");
    if (xhr.status >= 200 && xhr.status < 300 && ours) return "saved";
    if (REFUSALS.includes(xhr.status) && ours) return "refused";
    return xhr.status >= 400 && xhr.status < 500 ? "turned away" : "broken";
  }

  function arrived() {
    tries = 0;
    trouble.replaceChildren();
  }

  /* After a save without a certain answer (0: no connection): say so, and try again by itself, ever more seldom. */
  function retry(status, words = WORDS) {
    say({ 0: words.unconnected, 503: words.busy }[status] ?? words.broken, "failed");
    if (!tries) reveal();
    const more = tries < WAITS.length && (!status || status >= 500);
    if (more) timer = setTimeout(send, WAITS[tries] * 1000);
    tries += 1;
    trouble.querySelector("[data-trying]")?.toggleAttribute("hidden", !more);
    trouble.querySelector("[data-given-up]")?.toggleAttribute("hidden", more);
  }

  /* --- What people do ------------------------------------------------------------------------------------------------ */

  document.querySelector(".clear-answer").addEventListener("click", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input[name=answer]:checked");
    if (!chosen) return;
    chosen.checked = false;
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
    form.querySelector("input[name=answer]").focus();
  });

  /* Save before a link is followed, if something is unsaved. Returns what does so before anything else that leaves. */
  function beforeLeaving(isUnsaved, isHeld) {
    function whenSaved(leave) {
      const until = Date.now() + (isHeld() ? 0 : LONGEST_GOODBYE);
      send();
      const look = () => (isUnsaved() && Date.now() < until ? setTimeout(look, 50) : leave());
      look();
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      const elsewhere = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      if (!link || event.defaultPrevented || elsewhere || link.target || !isUnsaved()) return;
      if (link.getAttribute("href").startsWith("#")) return;
      event.preventDefault();
      whenSaved(() => window.location.assign(link.href));
    });
    return whenSaved;
  }

  return { WORDS, say, show, reveal, isWaiting, send, sendAnew, verdict, arrived, retry, beforeLeaving };
})();
