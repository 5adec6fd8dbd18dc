/* The pages of a respondent. On a question htmx sends the form; this file decides what is sent and when, says how it
   stands, and keeps in this browser what was changed and has not arrived, until it has: also when the page is closed
   without a connection. On the other pages it sends what was kept. Without it the form is sent by its button.

   A save names what is not known to have arrived (`unsure`), so that the server saves it whatever the page had seen.
   Sending the same twice changes nothing. What is kept stands under the mark of one respondent, so that nobody finds
   another's words on a shared device, and goes when they ask to be forgotten. */
(() => {
  "use strict";

  const PREFIX = "respond:";
  const DAYS = 60; // after which what was kept is of no use to anybody
  const FIELDS = ["answer", "comment"];

  /* --- What is kept in this browser -------------------------------------------------------------------------------- */

  const store = (() => {
    try {
      window.localStorage.setItem(`${PREFIX}try`, "");
      window.localStorage.removeItem(`${PREFIX}try`);
      return window.localStorage;
    } catch {
      return null; // the browser keeps nothing: everything else works
    }
  })();

  const keptKeys = () => (store ? Object.keys(store).filter((key) => key.startsWith(PREFIX)) : []);

  function keptAt(key) {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  }

  function clearOld() {
    const oldest = Date.now() - DAYS * 86400000;
    keptKeys().filter((key) => !(keptAt(key)?.at > oldest)).forEach((key) => store.removeItem(key));
  }

  function keepAt(key, value) {
    try {
      store?.setItem(key, JSON.stringify({ at: Date.now(), ...value }));
    } catch {
      // it is full: the page itself still holds what was typed
    }
  }

  /* --- All pages ----------------------------------------------------------------------------------------------------- */

  clearOld();

  document.querySelectorAll("[data-forget]").forEach((each) => {
    each.addEventListener("submit", () => keptKeys().forEach((key) => store.removeItem(key)));
  });

  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

  /* Send what was kept of one question, and forget it when it has arrived. */
  async function sendKept(key) {
    const { address, asked, fields } = keptAt(key) ?? {};
    if (!address?.startsWith("/") || address.startsWith("//")) return false;
    const body = new URLSearchParams({ ...fields, asked, unsure: Object.keys(fields).join(" ") });
    try {
      const reply = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": token() } });
      if (reply.ok) store.removeItem(key);
      return reply.ok;
    } catch {
      return false; // it is tried again on the next page
    }
  }

  async function sendAllKept(mark, but) {
    let sent = false;
    for (const key of keptKeys().filter((each) => each.startsWith(`${PREFIX}${mark}:`) && each !== but)) {
      sent = (await sendKept(key)) || sent; // one after the other: they are few
    }
    return sent;
  }

  const marked = document.querySelector("[data-mark]");
  const form = document.getElementById("answer");
  if (marked && !form) {
    const look = () => sendAllKept(marked.dataset.mark, "").then((sent) => sent && window.location.reload());
    window.addEventListener("online", look);
    look();
  }
  if (!form || !window.saving) return;

  /* --- One question -------------------------------------------------------------------------------------------------- */

  const { WORDS, say, show, reveal, isWaiting, send, sendAnew, verdict, arrived, retry } = window.saving;
  const trouble = document.getElementById("trouble");
  const KEY = `${PREFIX}${form.dataset.mark}:${form.elements.asked.value}`;

  let saved = content(); // what the server holds, as far as is known
  let sending = null; // what is on its way
  const unsure = new Set(); // what was sent, or kept, and never answered for certain
  let held = false; // nothing more is sent: it would be turned away again
  let failed = false;
  let go = "";

  function content() {
    const data = new FormData(form);
    return Object.fromEntries(FIELDS.map((name) => [name, data.get(name) ?? ""]));
  }

  const changed = (now, then) => FIELDS.filter((name) => now[name] !== then[name]);

  const waiting = () => [...new Set([...changed(content(), saved), ...unsure])];

  const isUnsaved = () => sending !== null || waiting().length > 0;

  function keepTyped() {
    const names = waiting();
    if (!names.length) {
      store?.removeItem(KEY);
      return;
    }
    const now = content();
    const fields = Object.fromEntries(names.map((name) => [name, now[name]]));
    keepAt(KEY, { address: form.getAttribute("action"), asked: form.elements.asked.value, fields });
  }

  form.addEventListener("htmx:configRequest", (event) => {
    const { parameters, triggeringEvent } = event.detail;
    const typing = ["input", "change"].includes(triggeringEvent?.type);
    if (held || (isWaiting() && typing) || (!waiting().length && !failed && !go)) {
      event.preventDefault();
      return;
    }
    sending = content();
    if (unsure.size) parameters.unsure = [...unsure].join(" ");
    if (go) parameters.go = go;
    if (token()) parameters.csrfmiddlewaretoken = token();
    say(WORDS.saving);
  });

  form.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const means = verdict(xhr);
    if (means === "saved") {
      saved = sending;
      sending = null;
      unsure.clear();
    } else if (means === "turned away" || (means === "broken" && xhr.status !== 503)) {
      event.preventDefault(); // keep it off the page
    } else if (xhr.status === 503 && trouble.querySelector("[data-why=busy]")) {
      event.preventDefault(); // it says so already
    }
  });

  form.addEventListener("htmx:afterRequest", (event) => {
    const { xhr } = event.detail;
    const means = verdict(xhr);
    if (means === "saved") settle(xhr);
    else if (means === "broken") unanswered(xhr.status);
    else refuse(means, xhr.status);
    keepTyped();
  });

  function settle(xhr) {
    failed = false;
    arrived();
    if (xhr.getResponseHeader("HX-Redirect")) go = "";
    else if (isUnsaved()) say(WORDS.saving); // typed meanwhile: its own trigger is on its way
  }

  function refuse(means, status) {
    sending = null;
    failed = true;
    go = "";
    held = [401, 403].includes(status) || trouble.querySelector("[data-held]") !== null;
    if (means === "turned away") {
      trouble.replaceChildren();
      say(WORDS.refused, "failed");
    }
    reveal();
  }

  function unanswered(status) {
    changed(sending ?? content(), saved).forEach((name) => unsure.add(name)); // it may have arrived, or not
    sending = null;
    failed = true;
    go = "";
    if (status !== 503) show(status ? "no-answer" : "no-connection");
    retry(status);
  }

  function tryAgain() {
    held = false;
    sendAnew();
  }

  /* --- What people do ------------------------------------------------------------------------------------------------ */

  for (const typed of ["input", "change"]) {
    form.addEventListener(typed, () => {
      keepTyped();
      if (!failed && waiting().length) say(WORDS.saving);
    });
  }

  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    if (trouble.querySelector("[data-held]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      reveal();
      return;
    }
    go = event.submitter?.value || "next";
    held = false;
  }, true);

  trouble.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) tryAgain();
    if (event.target.closest("[data-discard]")) {
      saved = content();
      unsure.clear();
      keepTyped();
    }
  });

  window.addEventListener("online", () => {
    if (failed && !held) tryAgain();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !failed && isUnsaved()) send();
  });

  /* --- Coming and leaving ---------------------------------------------------------------------------------------------- */

  function bringBack() {
    const { fields } = keptAt(KEY) ?? {};
    if (!fields) return;
    FIELDS.filter((name) => name in fields).forEach((name) => {
      unsure.add(name);
      if (name === "comment") form.elements.comment.value = fields.comment;
      else form.querySelectorAll("input[name=answer]").forEach((each) => { each.checked = each.value === fields.answer; });
    });
    send();
  }

  window.saving.beforeLeaving(isUnsaved, () => held);

  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved() && !store) event.preventDefault(); // otherwise it is kept, and sent when somebody comes back
  });

  window.addEventListener("load", () => {
    bringBack();
    sendAllKept(form.dataset.mark, KEY);
  });
})();
