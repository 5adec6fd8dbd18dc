// On the criterion map: the tick that a guess made at "can be compared" goes when the kind becomes one that rarely can.
"use strict";

const rarely = ["stricter", "split", "merged"];
const touched = new Set();
document.getElementById("map_form")?.addEventListener("change", ({ target }) => {
  if (target.name?.endsWith("-comparable")) touched.add(target.name);
  if (!target.name?.endsWith("-kind") || !rarely.includes(target.value)) return;
  const box = target.form.elements[target.name.replace(/kind$/, "comparable")];
  const decided = target.form.elements[target.name.replace(/kind$/, "decided")];
  if (box && !touched.has(box.name) && !decided?.defaultChecked) box.checked = false;
});
