/* Saves one criterion as it is answered. htmx sends the form; this file decides what is sent and when, says how it stands,
   and lets nobody leave with something unsaved. It never changes a field that somebody types in. Without it, and without
   htmx, the form is sent by its button.

   Saves never overlap (hx-sync on the form). A save whose reply was lost is sent again word for word before anything
   newer, so that the server can tell it from somebody else's. One that was turned away is not: it would be again.

   What is not saved is kept on this device (kept.js), and put back into the form when its author comes back to it.

   Evidence has a form of its own, which nothing saves by itself: nobody leaves it half typed without being asked. */
(() => {
  "use strict";

  const form = document.getElementById("answer");
  if (!form || !window.saving) return;

  const { WORDS, say, show, reveal, isWaiting, send, sendAnew, arrived, retry } = window.saving;
  const trouble = document.getElementById("trouble");
  const piece = document.querySelector("#add-evidence form");
  const waits = document.getElementById("evidence-waits");
  const FIELDS = ["answer", "reason", "note"];
  const TYPED = ["title", "link", "dated"]; // of a piece of evidence

  let saved = content(); // what the server holds, as far as is known
  let sending = null; // what is on its way
  let lost = null; // what was sent and never answered for certain
  let held = false; // nothing more is sent until a person has chosen
  let failed = false; // the last save did not get through
  let go = ""; // the button that was pressed
  let key = ""; // of what is kept on this device
  let isKept = false;
  let joined = false; // what stands in the fields was joined from two versions

  /* --- What is in the form, and how it stands -------------------------------------------------------------------- */

  function content() {
    const data = new FormData(form);
    return JSON.stringify(FIELDS.map((name) => data.get(name) ?? ""));
  }

  const isUnsaved = () => sending !== null || lost !== null || content() !== saved;

  function fill(values) {
    for (const each of form.querySelectorAll("input[name=answer]")) each.checked = each.value === values.answer;
    for (const name of ["reason", "note"]) if (form.elements[name]) form.elements[name].value = values[name] ?? "";
  }

  /* Keep on this device what is not saved, and nothing that is. */
  function keep() {
    if (!key) return;
    if (!isUnsaved()) {
      window.kept.drop(key);
      isKept = false;
      return;
    }
    const values = Object.fromEntries(FIELDS.map((name, index) => [name, JSON.parse(content())[index]]));
    const words = form.querySelector("input[name=answer]:checked + label")?.textContent.trim().replace(/\s+/g, " ") ?? "";
    const { title, asked } = { title: form.dataset.title, asked: form.elements.asked.value };
    const entry = { values, words, title, asked, seen: form.elements.seen.value, address: form.getAttribute("action") };
    isKept = window.kept.write(key, { ...entry, state: conflict() ? "conflict" : "", at: Date.now() });
  }

  /* The panels say whether what was typed would outlive this page. */
  function sayKept() {
    trouble.querySelectorAll("[data-kept]").forEach((each) => { each.hidden = !isKept; });
    trouble.querySelectorAll("[data-not-kept]").forEach((each) => { each.hidden = isKept; });
  }

  const conflict = () => trouble.querySelector(".conflict");

  /* Whether somebody is busy in the panel of a conflict, which a new reply would take away from under them. */
  function isJoining() {
    const joined = trouble.querySelector("#join-note");
    return conflict() !== null && (trouble.contains(document.activeElement) || joined.value !== joined.defaultValue);
  }

  /* --- Sending --------------------------------------------------------------------------------------------------- */

  form.addEventListener("htmx:configRequest", (event) => {
    const { parameters, triggeringEvent } = event.detail;
    const now = content();
    const typing = ["input", "change"].includes(triggeringEvent?.type);
    const settled = now === saved && lost === null && (!failed || conflict());
    if (held || isJoining() || (isWaiting() && typing) || (settled && !go)) {
      event.preventDefault();
      return;
    }
    sending = lost ?? now;
    FIELDS.forEach((name, index) => {
      parameters[name] = JSON.parse(sending)[index];
    });
    if (go && sending === now) parameters.go = go;
    if (joined && sending === now) parameters.joined = "yes";
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    if (token) parameters.csrfmiddlewaretoken = token[1]; // the sign-in may have been renewed in another tab
    say(WORDS.saving);
  });

  function verdict(xhr) {
    const means = window.saving.verdict(xhr);
    const isOld = means === "refused" && xhr.status === 409 && lost !== null && content() !== lost;
    return isOld ? "outdated" : means;
  }

  form.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const means = verdict(xhr);
    if (means === "saved") {
      saved = sending;
      sending = null;
    } else if (["outdated", "turned away"].includes(means) || (means === "broken" && xhr.status !== 503)) {
      event.preventDefault(); // keep it off the page
    } else if (trouble.querySelector("[data-why=busy]") && xhr.status === 503) {
      event.preventDefault(); // it says so already
    } else if (xhr.status === 409 && isJoining()) {
      event.preventDefault(); // the reply was on its way when somebody began to join the two
    }
  });

  form.addEventListener("htmx:afterRequest", (event) => {
    const { xhr } = event.detail;
    const means = verdict(xhr);
    if (means === "saved") settle(xhr);
    else if (means === "broken") unanswered(xhr.status);
    else if (means === "turned away") turnedAway();
    else refuse(means, xhr.status);
    keep();
    sayKept();
  });

  function settle(xhr) {
    const older = lost !== null;
    lost = null;
    failed = joined = false;
    arrived();
    if (xhr.getResponseHeader("HX-Redirect")) {
      go = "";
    } else if (content() !== saved) {
      say(WORDS.saving); // typed meanwhile: its own trigger is on its way, unless what went was an older text
      if (older) send();
    }
  }

  function refuse(means, status) {
    sending = lost = null;
    failed = true;
    if (means === "outdated") {
      send(); // somebody else was quicker: ask again with what stands in the fields now
      return;
    }
    go = "";
    held = [401, 403].includes(status) || trouble.querySelector("[data-held]") !== null; // trying again changes nothing
    reveal();
  }

  function turnedAway() {
    sending = lost = null;
    failed = true;
    go = "";
    if (!conflict()) trouble.replaceChildren();
    say(WORDS.refused, "failed");
  }

  function unanswered(status) {
    lost = sending;
    sending = null;
    failed = true;
    go = "";
    if (status !== 503) show(status ? "no-answer" : "no-connection");
    keep();
    retry(status, isKept ? { ...WORDS, unconnected: WORDS.unconnectedKept } : WORDS);
  }

  function tryAgain() {
    held = false;
    sendAnew();
  }

  /* --- What people do -------------------------------------------------------------------------------------------- */

  for (const typed of ["input", "change"]) {
    form.addEventListener(typed, () => {
      keep();
      if (!failed && content() !== saved) say(WORDS.saving);
    });
  }

  // Before htmx hears of it: which button it was, and whether it may go.
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    if (isJoining() || trouble.querySelector("[data-held]")) {
      reveal();
      return;
    }
    if (isHalfTyped()) {
      event.preventDefault();
      event.stopImmediatePropagation(); // the answer is saved, and the page stays
      tryAgain();
      askForPiece();
      return;
    }
    go = event.submitter?.value || "next";
    held = false;
  }, true);

  trouble.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) tryAgain();
    if (event.target.closest("[data-discard]")) {
      keep();
      saved = content();
      if (key) window.kept.putAside(key, conflict() ? "aside" : "held"); // found again on every page
      key = "";
    }
  });

  // In a conflict: mine is what stands in the fields now; what was joined by hand replaces both.
  trouble.addEventListener("submit", (event) => {
    const choice = event.target;
    event.preventDefault();
    if (choice.dataset.mine === undefined) {
      fill({ answer: "", ...Object.fromEntries(new FormData(choice)) });
      joined = true;
    }
    form.elements.seen.value = choice.elements.seen.value;
    trouble.replaceChildren();
    tryAgain();
    document.querySelector(".save-bar .button").focus();
  });

  window.addEventListener("online", () => {
    if (failed && !held) tryAgain();
  });

  document.addEventListener("visibilitychange", () => {
    const hidden = document.visibilityState === "hidden";
    if (hidden && !failed && isUnsaved()) send();
    if (!hidden && trouble.querySelector("[data-why=signed-out]")) tryAgain();
  });

  /* --- Evidence that is not added yet ------------------------------------------------------------------------------ */

  const inPiece = () => TYPED.map((name) => piece.elements[name].value.trim()).join("\n");

  // What was sent is noted in the browser's history, where it is found again by somebody who comes back to this page.
  const isHalfTyped = () => inPiece().trim() !== "" && inPiece() !== window.history.state?.piece;

  function openPiece() {
    if (inPiece().trim()) piece.closest("details").open = true;
  }

  function askForPiece() {
    openPiece();
    if (!waits.firstElementChild) waits.replaceChildren(document.getElementById("not-added").content.cloneNode(true));
    waits.firstElementChild.focus({ preventScroll: true });
    waits.scrollIntoView({ block: "center" });
  }

  function clearPiece() {
    for (const name of TYPED) piece.elements[name].value = "";
    piece.querySelectorAll("[name=grade]:checked").forEach((chosen) => { chosen.checked = false; });
    waits.replaceChildren();
    piece.closest("details").open = false;
    piece.closest("details").querySelector("summary").focus();
  }

  piece.addEventListener("input", () => {
    if (!isHalfTyped()) waits.replaceChildren();
  });

  waits.addEventListener("click", (event) => {
    if (event.target.closest("[data-clear]")) clearPiece();
  });

  window.addEventListener("pageshow", openPiece); // the browser may have brought back what was typed

  /* --- What was typed here before, and not saved -------------------------------------------------------------------- */

  async function takeUp() {
    const { key: mine, entry } = await window.kept.claim(form.dataset.kept);
    if (entry && isUnsaved()) {
      window.kept.putAside(mine, "aside"); // its author has begun anew meanwhile
      await takeUp();
      return;
    }
    key = mine;
    if (entry) {
      fill(entry.values);
      form.elements.seen.value = entry.seen;
      tryAgain();
    }
    keep();
  }

  if (window.kept) takeUp();

  /* --- Leaving --------------------------------------------------------------------------------------------------- */

  const whenSaved = window.saving.beforeLeaving(isUnsaved, () => held || conflict() !== null);

  document.addEventListener("submit", (event) => {
    const other = event.target;
    if (other === form || event.defaultPrevented || other.dataset.leaving || !isUnsaved()) {
      delete other.dataset.leaving;
      if (other === piece) window.history.replaceState({ ...window.history.state, piece: inPiece() }, "");
      return;
    }
    event.preventDefault();
    other.dataset.leaving = "true";
    whenSaved(() => other.requestSubmit(event.submitter));
  });

  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved() || isHalfTyped()) event.preventDefault();
  });
})();
