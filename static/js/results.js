/* Live charts on the results page: reads the figures that the page carries, gives their named colours the values of
   the design tokens, and draws them with Plotly. The server's picture goes only once something has really been drawn. */
"use strict";
(() => {
  const PHONE = window.matchMedia("(max-width: 40rem)");
  const DARK = window.matchMedia("(prefers-color-scheme: dark)");
  const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false, showTips: false };
  const COLOURED = new Set(["color", "fgcolor", "bgcolor"]);

  const tokens = getComputedStyle(document.documentElement);
  const token = (name) => tokens.getPropertyValue(name).trim();
  const colour = (name) => token(`--chart-${name}`) || token(`--${name}`) || name;

  /** The same value with every colour's name replaced; lists of names too. */
  const coloured = (value, key) => {
    if (Array.isArray(value)) return value.map((each) => coloured(each, key));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, coloured(each, name)]));
    }
    return COLOURED.has(key) && typeof value === "string" ? colour(value) : value;
  };

  const dressed = (figure) => {
    const { data, layout } = coloured(figure);
    const font = { family: token("--font"), size: 14, color: colour("ink") };
    const hoverlabel = { bgcolor: colour("surface"), bordercolor: colour("edge"), font, align: "left" };
    const tickfont = { ...font, size: 13, color: colour("ink-soft") };
    const axis = { gridcolor: colour("grid"), linecolor: colour("grid"), tickfont, automargin: false };
    return {
      data,
      layout: {
        ...layout,
        font,
        hoverlabel,
        dragmode: false,
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        xaxis: { ...layout.xaxis, ...axis, title: { text: "" } },
        yaxis: { ...layout.yaxis, ...axis, showgrid: false },
      },
    };
  };

  const BASELINE = 4.5; // from the middle of a letter, as in the server's pictures
  const text = ({ y, text }, x, xanchor, xshift) => ({
    xref: "paper", yref: "y", x, y: y - BASELINE, xanchor, yanchor: "middle", xshift, text, showarrow: false,
  });

  /** The upright lines of the grid, only beside the marks of each row: the names stand between. */
  const beside = (rows, ticks) => rows.flatMap((y) => ticks.map((x) => `M${x},${y - 12}L${x},${y + 12}`)).join("");
  const grid = (rows, { tickvals }) => ({
    type: "path", path: beside(rows, tickvals), xref: "x", yref: "y", layer: "below", line: { color: colour("grid"), width: 1 },
  });

  /** The edges of bars for what is not known, dashed as in the key. */
  const edges = (data, rows, { range }) => data.flatMap(({ meta }) => (meta?.dashed?.boxes ?? []).map(([key, begin, end]) => ({
    type: "rect", xref: "paper", x0: begin / range[1], x1: end / range[1],
    yref: "y", y0: rows[key] - 8, y1: rows[key] + 8, line: meta.dashed.line,
  })));

  /** Rows, labels and figures where the server's picture of the same width has them: one unit is one pixel. */
  const placed = ({ data, layout }, { height, top, left, right, caption, rows, texts, figures, words, grid: apart }) => ({
    data: data.map((trace) => ({ ...trace, y: trace.y.map((key) => rows[key]), width: trace.meta?.thickness })),
    layout: {
      ...layout,
      height,
      margin: { l: left, r: right, t: top, b: 6 },
      xaxis: { ...layout.xaxis, showgrid: apart.length === 0 },
      yaxis: { ...layout.yaxis, type: "linear", range: [height - 6, top], showline: apart.length === 0 },
      shapes: [...(apart.length ? [grid(apart, layout.xaxis)] : []), ...edges(data, rows, layout.xaxis)],
      annotations: [
        {
          ...text(caption, 0, "left", -left),
          yref: "paper", y: 1, yanchor: "bottom", yshift: top - caption.y - 2 * BASELINE, font: layout.xaxis.tickfont,
        },
        ...texts.map((each) => text(each, 0, "left", each.x - left)),
        ...figures.map((each) => text(each, 1, "right", right)),
        ...words.map((each) => ({ ...text(each, each.at, "left", 7), xref: "x", font: layout.xaxis.tickfont })),
      ],
    },
  });

  const marks = (place) => place.querySelectorAll(".points path, .points .point, .bars path, .scatter text").length;

  const draw = async (chart) => {
    const place = chart.querySelector(".chart-live");
    const figure = dressed(JSON.parse(chart.querySelector("script[type='application/json']").textContent));
    const { data, layout } = placed(figure, figure.layout.meta[PHONE.matches ? "narrow" : "wide"]);
    place.hidden = false;
    try {
      await window.Plotly.react(place, data, layout, CONFIG);
    } finally {
      const drawn = marks(place) > 0;
      place.hidden = !drawn;
      chart.classList.toggle("is-drawn", drawn);
    }
  };

  /** Letters in their own typeface first: Plotly measures them once. */
  const letters = () => Promise.allSettled([400, 600].map((weight) => document.fonts.load(`${weight} 14px ${token("--font")}`)));

  const drawAll = async () => {
    await letters();
    for (const chart of document.querySelectorAll("[data-chart]")) {
      await draw(chart).catch((error) => console.warn("The picture stays as it is:", error));
    }
  };

  /** What an address names; one that cannot be decoded is taken as it stands. */
  const named = (hash) => {
    try {
      return decodeURIComponent(hash);
    } catch {
      return hash;
    }
  };

  const openTarget = () => {
    const target = location.hash && document.getElementById(named(location.hash.slice(1)));
    if (target && target.matches(".criterion")) target.querySelector("details").open = true;
  };

  window.addEventListener("hashchange", openTarget);
  openTarget();
  if (window.Plotly) {
    drawAll();
    for (const change of [PHONE, DARK]) change.addEventListener("change", drawAll);
  }
})();
