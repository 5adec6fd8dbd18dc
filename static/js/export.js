/* Says so where the picture of the first page does not come; htmx fetches it anew with every choice. The words stand in
   the page. */
(() => {
  "use strict";

  const words = document.getElementById("no-picture");
  const isPage = (element) => element instanceof HTMLImageElement && "firstPage" in element.dataset;
  const sayThereIsNone = (picture) => picture.replaceWith(words.content.cloneNode(true));

  document.addEventListener("error", (event) => isPage(event.target) && sayThereIsNone(event.target), true);
  for (const picture of document.querySelectorAll("img[data-first-page]")) {
    if (picture.complete && !picture.naturalWidth) sayThereIsNone(picture); // it failed before this file was read
  }
})();
