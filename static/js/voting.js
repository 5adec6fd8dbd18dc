/* A phone in a workshop: follows the wall, and sends a vote as soon as it is chosen. A vote that does not get through is
   kept, over a reload too, and sent again until the server has said what became of it. Without this, by the button. */
(() => {
  "use strict";

  const root = document.getElementById("vote");
  const WORDS = { ...root.dataset };
  const EVERY = 2000; // milliseconds between two looks at the wall; longer and longer while nothing comes back
  const LONGEST = 30000;
  const TIMEOUT = 10000;

  let etag = "";
  let wait = EVERY;
  let lookTimer = 0;
  let sendTimer = 0;
  let tries = 0;
  let sending = false;
  let votes = 0; // choices made and settled: a page that was asked for before one may not know of it

  const form = () => document.getElementById("vote-form");
  const shown = () => root.firstElementChild.dataset.mark;
  const later = (milliseconds) => milliseconds + Math.random() * milliseconds * 0.5;

  /* --- What is not saved yet -------------------------------------------------------------------------------------- */

  const store = (ballot) => `vote-${ballot}`;
  const kept = (ballot) => window.sessionStorage.getItem(store(ballot));
  const keep = (ballot, answer) => window.sessionStorage.setItem(store(ballot), answer);
  const forget = (ballot) => window.sessionStorage.removeItem(store(ballot));

  function say(words, kind) {
    const line = document.createElement("p");
    line.className = kind ? `save-state save-state--${kind}` : "save-state";
    line.textContent = words;
    document.getElementById("vote-said")?.replaceChildren(line);
  }

  function token() {
    const found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    return found ? found[1] : form().elements.csrfmiddlewaretoken.value;
  }

  function post(ballot, answer) {
    const body = new URLSearchParams({ ballot, answer, csrfmiddlewaretoken: token() });
    const headers = { "HX-Request": "true" };
    return window.fetch(WORDS.page, { method: "POST", body, headers, signal: AbortSignal.timeout(TIMEOUT) });
  }

  async function send() {
    window.clearTimeout(sendTimer);
    const ballot = form()?.dataset.ballot;
    const answer = ballot && kept(ballot);
    if (sending || !answer) return;
    sending = true;
    say(WORDS.saving);
    let status = 0;
    try {
      status = (await post(ballot, answer)).status;
    } catch {
      status = 0;
    }
    sending = false;
    settle(ballot, answer, status);
  }

  function settle(ballot, answer, status) {
    votes += 1;
    const isNewer = kept(ballot) !== answer;
    if (status === 204) {
      tries = 0;
      if (isNewer) send();
      else {
        forget(ballot);
        if (form()?.dataset.ballot === ballot) say(WORDS.saved, "saved");
      }
    } else if (status === 409 || status === 422) {
      forget(ballot);
      say(WORDS.late, "failed");
      refresh();
    } else if (status === 410) {
      window.location.reload();
    } else {
      say(WORDS.failed, "failed");
      sendTimer = window.setTimeout(send, later(Math.min(1000 * 2 ** tries, LONGEST)));
      tries += 1;
    }
  }

  root.addEventListener("change", (event) => {
    if (event.target.name !== "answer") return;
    keep(form().dataset.ballot, event.target.value);
    votes += 1;
    tries = 0;
    send();
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  /* --- Following the wall ----------------------------------------------------------------------------------------- */

  function ready() {
    form()?.querySelector(".vote-send")?.setAttribute("hidden", "");
    const ballot = form()?.dataset.ballot;
    const choice = ballot && form().querySelector(`input[value="${kept(ballot)}"]`);
    if (!choice) return;
    choice.checked = true;
    send();
  }

  async function refresh() {
    const before = form()?.dataset.ballot;
    const known = votes;
    const reply = await window.fetch(WORDS.page, {
      cache: "no-store",
      headers: { "HX-Request": "true" },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (reply.status === 410) window.location.reload();
    if (!reply.ok) throw new Error(reply.statusText);
    const text = await reply.text();
    if (!text.includes("data-mark")) return window.location.reload();
    if (votes !== known) return refresh();
    root.innerHTML = text;
    if (before && form()?.dataset.ballot !== before) forget(before); // the page says itself what was counted
    ready();
    window.scrollTo(0, 0);
    root.querySelector("h1")?.focus({ preventScroll: true });
    return undefined;
  }

  async function look() {
    window.clearTimeout(lookTimer);
    if (document.hidden) return; // it looks again when it is seen again
    try {
      const headers = etag ? { "If-None-Match": etag } : {};
      const reply = await window.fetch(WORDS.state, { cache: "no-store", headers, signal: AbortSignal.timeout(TIMEOUT) });
      if (reply.status === 200) {
        const { mark } = await reply.json();
        if (mark !== shown()) await refresh();
        etag = reply.headers.get("ETag") ?? "";
      } else if (reply.status !== 304) throw new Error(reply.statusText);
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
    lookTimer = window.setTimeout(look, later(wait));
  }

  function again() {
    wait = EVERY;
    tries = 0;
    send();
    look();
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) again();
  });
  window.addEventListener("online", again);
  ready();
  lookTimer = window.setTimeout(look, later(EVERY));
})();
