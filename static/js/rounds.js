/* Counts the questions of a role, and how long they take, while boxes are ticked. The words stand in the page. */
(() => {
  "use strict";

  const lengths = JSON.parse(document.getElementById("lengths")?.textContent ?? "[]");
  for (const part of document.querySelectorAll(".asked-questions")) {
    const words = part.querySelector("[data-length]");
    part.querySelector(".asked-count").hidden = true;
    part.addEventListener("change", () => {
      words.textContent = lengths[part.querySelectorAll("input:checked").length];
    });
  }
})();
