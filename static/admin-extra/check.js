/* The faults of a criterion while it is typed: the form is sent to be looked at, not to be saved, after each pause. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("proofs");
  const said = document.getElementById("proofs-said");
  const form = document.getElementById("criterion_form");
  if (!box?.dataset.check || !form) return;
  form.after(said); // where it stays in sight at the foot of the window, whichever field is typed in
  let waiting;
  let asked = 0;

  const check = async () => {
    const number = ++asked;
    const reply = await fetch(box.dataset.check, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!reply || !reply.ok || reply.redirected) return;
    const text = await reply.text();
    if (number !== asked) return;
    box.innerHTML = text;
    const now = box.querySelector(".hub-faults h2, .hub-good")?.textContent ?? "";
    if (now === said.textContent) return;
    said.classList.toggle("hub-faults", box.querySelector(".hub-faults") !== null);
    said.replaceChildren(Object.assign(document.createElement("a"), { href: "#proofs", textContent: now }));
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(check, 800);
  });
});
