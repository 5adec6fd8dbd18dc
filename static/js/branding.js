// The branding page: a colour picked is a colour written, and the picture of the cover follows what is typed.
(() => {
  const form = document.querySelector("form.form");
  const cover = document.getElementById("cover");
  if (!form) return;

  for (const picker of form.querySelectorAll(".colour-picker")) {
    const text = picker.parentElement.querySelector(".colour-text");
    picker.addEventListener("input", () => { text.value = picker.value; show(); });
    text.addEventListener("input", () => {
      if (/^#[0-9a-f]{6}$/i.test(text.value.trim())) picker.value = text.value.trim();
    });
  }

  let waiting;
  function show() {
    if (!cover) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const address = new URL(cover.src);
      for (const name of ["name", "main", "accent", "contact", "disclaimer"]) {
        address.searchParams.set(name, form.elements[name].value.trim());
      }
      if (address.href !== cover.src) cover.src = address.href;
    }, 700);
  }
  form.addEventListener("input", show);
})();
