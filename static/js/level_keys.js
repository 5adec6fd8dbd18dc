/* The keys 0 to 4 (as many as there are levels) choose a level, unless somebody is typing. They can be turned off, and the
   browser remembers that: with a screen reader or voice control single keys may mean something else. */
(() => {
  "use strict";

  const form = document.getElementById("answer");
  const hint = document.querySelector(".keys");
  if (!form || !hint) return;

  const button = hint.querySelector("[data-keys]");
  const words = hint.querySelector(".keys-on");
  const STORE = "level-keys";

  const isOn = () => window.localStorage.getItem(STORE) !== "off";

  function draw() {
    words.hidden = !isOn();
    button.textContent = isOn() ? button.dataset.off : button.dataset.on;
    hint.hidden = false;
  }

  function isTyping(element) {
    return element.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])") !== null;
  }

  button.addEventListener("click", () => {
    window.localStorage.setItem(STORE, isOn() ? "off" : "on");
    draw();
  });

  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || !/^\d$/.test(event.key)) return;
    if (isTyping(event.target)) return;
    const level = form.querySelector(`input[name=answer][value="${event.key}"]`);
    if (!level) return;
    event.preventDefault();
    level.focus();
    if (level.checked) return;
    level.checked = true;
    level.dispatchEvent(new Event("change", { bubbles: true }));
  });

  draw();
})();
