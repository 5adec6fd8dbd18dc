/* Copies a text, and says whether it did. The words stand in the page; where this does not run there is no button. */
(() => {
  "use strict";

  const PATIENCE = 2000; // milliseconds: some browsers leave the question whether a page may copy without an answer

  const copied = (text) => Promise.race([
    navigator.clipboard.writeText(text),
    new Promise((_, reject) => { setTimeout(reject, PATIENCE); }),
  ]);

  function select(element) {
    if (element.select) element.select();
    else window.getSelection().selectAllChildren(element);
  }

  for (const row of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(row.dataset.copy);
    const said = row.querySelector("[role=status]");
    row.hidden = false;
    row.querySelector("button").addEventListener("click", async () => {
      select(source);
      try {
        await copied(source.value ?? source.textContent);
        said.textContent = row.dataset.copied;
      } catch {
        said.textContent = row.dataset.failed; // also where the connection is not a secure one
      }
    });
  }
})();
