/* The grid of targets and gates: what is wrong is said as it is typed, and the arrow keys go from cell to cell. */
"use strict";

const form = document.getElementById("grid_form");
const count = document.getElementById("grid-count");
let waiting;
let asked = 0;

async function check() {
  const number = ++asked;
  const data = new FormData(form);
  data.set("check", "yes");
  const response = await fetch(form.action || location.href, { method: "POST", body: data }).catch(() => null);
  if (!response || !response.ok || number !== asked) return;
  show((await response.json()).said);
}

function show(said) {
  for (const list of form.querySelectorAll(".hub-grid-said ul")) list.replaceChildren();
  for (const input of form.querySelectorAll("input[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  let sum = 0;
  for (const [name, [label, ...sentences]] of Object.entries(said)) {
    const input = form.elements[name];
    const list = document.getElementById(`said_${name.split("-")[1]}`);
    if (!input || !list) continue;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", list.id);
    sum += sentences.length;
    for (const sentence of sentences) {
      const link = Object.assign(document.createElement("a"), { href: `#${input.id}`, textContent: label });
      const item = document.createElement("li");
      item.append(link, `: ${sentence}`);
      list.append(item);
    }
  }
  for (const row of form.querySelectorAll(".hub-grid-said")) row.hidden = !row.querySelector("li");
  count.textContent = sum === 0 ? "Nothing contradicts itself." : `${sum} ${sum === 1 ? "thing" : "things"} to put right.`;
}

function neighbour(input, down, across) {
  const row = input.closest("tr");
  const rows = [...form.querySelectorAll("tbody tr")].filter((each) => each.querySelector("input"));
  const cells = [...row.cells];
  const at = cells.indexOf(input.closest("td"));
  if (down) return rows[rows.indexOf(row) + down]?.cells[at]?.querySelector("input");
  for (let to = at + across; to > 0 && to < cells.length; to += across) {
    const found = cells[to].querySelector("input");
    if (found) return found;
  }
  return null;
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

form?.addEventListener("keydown", (event) => {
  const way = ARROWS[event.key];
  if (!way || event.altKey || event.ctrlKey || event.metaKey || event.target.type !== "text") return;
  const to = neighbour(event.target, ...way);
  event.preventDefault();
  to?.focus();
  to?.select();
});

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(check, 400);
});
