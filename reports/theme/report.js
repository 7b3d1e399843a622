/* The report's only script. Pages are complete without it: it makes charts live, keeps the place
   when the language changes and shows the current page in a long list of pages. Charts load where they will be seen: on wide screens, and at
   every width when the release holds no static drawings. */
(function () {
  "use strict";

  const script = document.currentScript;
  const isStatic = document.documentElement.dataset.drawings === "static";
  const wideScreen = matchMedia("(min-width: 641px)");
  const config = {
    displayModeBar: false,
    displaylogo: false,
    doubleClick: false,
    plotlyServerURL: "",
    responsive: true,
    scrollZoom: false,
    showSendToCloud: false,
  };
  let loading = null;

  keepPlace();
  showCurrentPage();
  if ((isStatic && !wideScreen.matches) || !script.dataset.figures) return;
  watch(document.querySelectorAll(".plot[data-figure]"));

  /** The link to the other language leads to the same part of the page. */
  function keepPlace() {
    const link = document.querySelector("[data-lang]");
    if (!link) return;
    const follow = () => (link.hash = location.hash);
    follow();
    addEventListener("hashchange", follow);
  }

  /** On a narrow screen the list of pages scrolls sideways; it begins where the reader is. */
  function showCurrentPage() {
    const current = document.querySelector(".pages [aria-current]");
    if (current) current.closest("ul").scrollLeft = current.offsetLeft - 16;
  }

  /** Draws each chart shortly before it scrolls into view. */
  function watch(plots) {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries.filter((each) => each.isIntersecting)) {
          observer.unobserve(entry.target);
          (window.requestIdleCallback || setTimeout)(() => draw(entry.target));
        }
      },
      { rootMargin: "200px" },
    );
    plots.forEach((plot) => observer.observe(plot));
  }

  function load() {
    const base = new URL(".", script.src);
    loading ||= addScript(new URL("plotly.min.js", base).href).then(() =>
      addScript(script.dataset.figures),
    );
    return loading;
  }

  function addScript(src) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = src;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  /** Puts the live chart over the static drawing; on failure the drawing simply stays. */
  async function draw(plot) {
    try {
      await load();
      const figure = window.REPORT_FIGURES[plot.dataset.figure];
      const canvas = document.createElement("div");
      canvas.className = "js";
      canvas.id = "live-" + plot.dataset.figure;
      canvas.setAttribute("aria-hidden", "true");
      plot.append(canvas);
      const { width, ...layout } = wideScreen.matches ? figure.wide : figure.narrow;
      await window.Plotly.newPlot(canvas, figure.data, { ...layout, autosize: true }, config);
      plot.classList.add("on");
      readByKeyboard(plot, canvas, figure.steps);
    } catch {
      plot.classList.remove("on");
    }
  }

  /** Arrow keys step through the rows; each is shown in the chart and read out from the table. */
  function readByKeyboard(plot, canvas, steps) {
    const card = plot.closest("section");
    const live = card.querySelector(".live");
    const heads = [...card.querySelectorAll(".tbl thead th")].map((head) => head.textContent);
    const rows = card.querySelectorAll(".tbl tbody tr");
    let at = -1;
    plot.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!move) return;
      event.preventDefault();
      at = Math.max(0, Math.min(steps.length - 1, at + move));
      const [curveNumber, pointNumber] = steps[at];
      window.Plotly.Fx.hover(canvas, [{ curveNumber, pointNumber }]);
      const cells = [...rows[at].children].map((cell, column) =>
        cell.textContent ? heads[column] + " " + cell.textContent : "",
      );
      live.textContent = cells.filter(Boolean).join(", ");
    });
    plot.addEventListener("blur", () => window.Plotly.Fx.unhover(canvas));
  }
})();
