/* The map: drag stages and touchpoints; the server decides and draws. Without this the menus do the same. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const map = document.querySelector("[data-cxm-map]");
  const refused = document.querySelector("[data-cxm-refused]");
  const printer = document.querySelector("[data-cxm-print]");
  if (printer) {
    printer.hidden = false;
    printer.addEventListener("click", () => window.print());
  }
  if (!map) return;
  let dragged = null;

  /* Printed on one page: the map is measured as paper will show it, and made as small as it must be. */
  const PAPER = { width: 1040, height: 715 };
  window.addEventListener("beforeprint", () => {
    const shown = document.querySelector(".cxm");
    const rules = [...document.styleSheets]
      .filter((sheet) => sheet.href?.includes("map"))
      .flatMap((sheet) => [...sheet.cssRules])
      .filter((rule) => rule.media?.mediaText === "print")
      .flatMap((rule) => [...rule.cssRules].filter((one) => one.selectorText).map((one) => one.cssText));
    const trial = document.createElement("style");
    trial.textContent = rules.join("\n");
    document.head.append(trial);
    const [width, position] = [shown.style.width, shown.style.position];
    let fit = 1;
    for (let turn = 0; turn < 4; turn += 1) {
      shown.style.setProperty("--fit", fit);
      shown.style.position = "absolute";
      shown.style.width = `${PAPER.width / fit}px`;
      const height = shown.scrollHeight * fit;
      if (height <= PAPER.height) break;
      fit = Math.max(0.4, fit * Math.sqrt(PAPER.height / height) * 0.98);
    }
    [shown.style.width, shown.style.position] = [width, position];
    trial.remove();
  });

  const say = (sentence) => {
    refused.textContent = sentence;
    refused.hidden = !sentence;
    if (sentence) refused.scrollIntoView({ block: "nearest" });
  };

  /* Draw the map anew, where the reader was. */
  const refresh = async () => {
    const url = new URL(window.location.href);
    url.searchParams.set("part", "1");
    const left = map.querySelector(".cxm-scroll").scrollLeft;
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return window.location.reload();
    map.innerHTML = await answer.text();
    map.querySelector(".cxm-scroll").scrollLeft = left;
    return undefined;
  };

  const arrange = async (body) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (!body.has("csrfmiddlewaretoken") && token) body.set("csrfmiddlewaretoken", token.value);
    try {
      const answer = await fetch(map.dataset.arrange, { method: "POST", headers: { Accept: "application/json" }, body, credentials: "same-origin" });
      const told = await answer.json();
      await refresh();
      say(told.refused ?? "");
    } catch {
      say(map.dataset.failed);
    }
  };

  const unmark = () => {
    for (const one of map.querySelectorAll(".cxm-over, .cxm-before")) one.classList.remove("cxm-over", "cxm-before");
  };
  /* Where a touchpoint would come to lie: before the card under the pointer, else at the end of the stage. */
  const place = (event, stage) => {
    const card = event.target.closest("[data-cxm-touchpoint]");
    const cards = [...stage.querySelectorAll("[data-cxm-touchpoint]")].filter((one) => one !== dragged);
    if (!card || card === dragged) return { before: null, position: cards.length + 1 };
    const box = card.getBoundingClientRect();
    const after = event.clientY > box.top + box.height / 2;
    const at = cards.indexOf(card) + (after ? 1 : 0);
    return { before: cards[at] ?? null, position: at + 1 };
  };

  map.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-cxm-drag]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    dragged.classList.add("cx-dragged");
  });
  map.addEventListener("dragend", () => {
    dragged?.classList.remove("cx-dragged");
    dragged = null;
    unmark();
  });
  map.addEventListener("dragover", (event) => {
    const stage = event.target.closest("[data-cxm-stage]");
    if (!dragged || !stage) return;
    event.preventDefault();
    unmark();
    stage.classList.add("cxm-over");
    if (dragged.dataset.cxmDrag === "touchpoint") place(event, stage).before?.classList.add("cxm-before");
  });
  map.addEventListener("drop", (event) => {
    const stage = event.target.closest("[data-cxm-stage]");
    if (!dragged || !stage) return;
    event.preventDefault();
    const body = new FormData();
    if (dragged.dataset.cxmDrag === "touchpoint") {
      body.set("touchpoint", dragged.dataset.cxmTouchpoint);
      body.set("stage", stage.dataset.cxmStage);
      body.set("position", place(event, stage).position);
    } else {
      const moved = dragged.closest("[data-cxm-stage]");
      if (moved === stage) return;
      body.set("stage", moved.dataset.cxmStage);
      body.set("position", stage.dataset.cxmPosition);
    }
    arrange(body);
  });

  map.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = new FormData(event.target);
    body.set(event.submitter.name, event.submitter.value);
    arrange(body);
  });
  /* A menu is closed by Escape or by looking elsewhere. */
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".cx-move[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const menu of map.querySelectorAll(".cx-move[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
});
