/* Shares that keep up with the weights as they are typed, in the lists of lessons and criteria and on their pages.

   The server gives each share the sum of the stored weights that it is a part of (data-total) and the name of that sum
   (data-share). What is typed is compared with what stood there, so weights that are not on the page still count. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const shares = [...document.querySelectorAll("[data-share]")].map((shown) => {
    const row = shown.closest("tr") || document;
    return { shown, input: row.querySelector("input[name$='weight']") };
  }).filter(({ input }) => input);

  const weight = (text) => Math.max(0, Number.parseFloat(text) || 0);

  const update = () => {
    const sums = {};
    for (const { shown, input } of shares) {
      const { share: name, total } = shown.dataset;
      sums[name] ??= weight(total);
      sums[name] += weight(input.value) - weight(input.defaultValue);
    }
    for (const { shown, input } of shares) {
      const sum = sums[shown.dataset.share];
      const part = weight(input.value);
      shown.textContent = sum > 0 && part > 0 ? `${((100 * part) / sum).toFixed(1)}%` : "–";
    }
  };

  for (const { input } of shares) input.addEventListener("input", update);
});
