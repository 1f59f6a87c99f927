/* While somebody draws their curve: the line as it stands, above the faces. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-cxm-draw]");
  const preview = document.querySelector("[data-cxm-preview]");
  if (!form || !preview) return;
  const points = [...form.querySelectorAll("[data-cxm-point]")];
  const svg = preview.querySelector("svg");
  preview.hidden = false;

  const draw = () => {
    const dots = points.flatMap((point, index) => {
      const chosen = point.querySelector("input:checked");
      return chosen ? [[((index + 0.5) / points.length) * 100, 42 - Number(chosen.value) * 17]] : [];
    });
    const make = (name, values) => {
      const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(values)) shape.setAttribute(key, value);
      return shape;
    };
    svg.replaceChildren(
      make("line", { class: "cxm-level cxm-level-zero", x1: 0, x2: "100%", y1: 42, y2: 42 }),
      ...dots.slice(1).map(([x, y], index) => make("line", { class: "cxm-line-assumed", x1: `${dots[index][0]}%`, y1: dots[index][1], x2: `${x}%`, y2: y })),
      ...dots.map(([x, y]) => make("circle", { class: "cxm-dot-assumed", cx: `${x}%`, cy: y, r: 4 })),
    );
  };
  form.addEventListener("change", draw);
  draw();
});
