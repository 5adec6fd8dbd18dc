/* Copies a link, and says whether it did. The words stand in the page; where this does not run there is no button. */
(() => {
  "use strict";

  for (const row of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(row.dataset.copy);
    const said = row.querySelector("[role=status]");
    row.hidden = false;
    row.querySelector("button").addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = row.dataset.copied;
      } catch {
        said.textContent = row.dataset.failed;
      }
    });
  }
})();
