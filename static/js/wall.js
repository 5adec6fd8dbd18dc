/* The wall of a workshop: counts what comes in, follows when another wall goes on, and takes the keys of a presenter.
   Without it, everything goes by buttons, and "Look again" shows what is new. */
(() => {
  "use strict";

  const { state, now, mark } = document.body.dataset;
  const form = document.getElementById("agree-form");
  const movedOn = document.getElementById("moved-on");
  const EVERY = 1500; // milliseconds between two looks; longer and longer while nothing comes back
  let wait = EVERY;
  let leaving = false;

  /* --- Following ------------------------------------------------------------------------------------------------- */

  const typed = () => new URLSearchParams(new FormData(form)).toString();
  const begun = form ? typed() : "";
  const isTyping = () => form !== null && (typed() !== begun || form.querySelector("[aria-invalid=true]") !== null);

  function count(name, number) {
    const place = document.querySelector(`[data-${name}]`);
    if (place) place.textContent = number;
  }

  function take(told) {
    count("joined", told.joined);
    count("voted", told.voted);
    if (told.mark === mark || leaving) return;
    if (isTyping()) movedOn.hidden = false;
    else window.location.replace(now);
  }

  async function look() {
    try {
      const reply = await window.fetch(state, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (reply.ok && !reply.redirected) take(await reply.json());
      wait = reply.ok ? EVERY : Math.min(wait * 2, 30000);
    } catch {
      wait = Math.min(wait * 2, 30000);
    }
    window.setTimeout(look, wait + Math.random() * 500);
  }

  /* --- Keys ------------------------------------------------------------------------------------------------------ */

  const help = document.querySelector(".wall-keys");
  const STORE = "wall-keys";
  const KEYS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back", r: "reveal", v: "again" };
  const isOn = () => window.localStorage.getItem(STORE) !== "off";

  function draw() {
    const button = help.querySelector("[data-keys]");
    help.querySelector(".wall-keys-on").hidden = !isOn();
    button.textContent = isOn() ? button.dataset.off : button.dataset.on;
    help.hidden = false;
  }

  const inField = (element) => element.closest("input, textarea, select, summary, [contenteditable]") !== null;

  function press(event) {
    const key = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const target = key && document.querySelector(`form[data-key=${key}]`);
    if (!target || !isOn() || leaving || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (inField(event.target) || isTyping()) return;
    event.preventDefault();
    target.requestSubmit();
  }

  document.addEventListener("submit", (event) => {
    if (leaving) event.preventDefault(); // pressed twice
    leaving = true;
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  if (help) {
    help.querySelector("[data-keys]").addEventListener("click", () => {
      window.localStorage.setItem(STORE, isOn() ? "off" : "on");
      draw();
    });
    document.addEventListener("keydown", press);
    draw();
  }
  window.setTimeout(look, EVERY);
})();
