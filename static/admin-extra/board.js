/* The board: drag a card or send it by its menu. The server decides; the columns are always drawn by it. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const board = document.querySelector("[data-cx-board]");
  const dialog = document.querySelector("[data-cx-dialog]");
  const refused = document.querySelector("[data-cx-refused]");
  const asJson = { Accept: "application/json" };
  let dragged = null;
  let fetched = Date.now();

  const say = (sentence) => {
    refused.textContent = sentence;
    refused.hidden = !sentence;
    if (sentence) refused.scrollIntoView({ block: "nearest" });
  };
  const failed = () => say(board.dataset.failed);

  /* Draw the columns anew, where the reader was. */
  const refresh = async (address = window.location.href) => {
    const url = new URL(address, window.location.href);
    url.searchParams.set("part", "1");
    const lanes = board.querySelector(".cx-board");
    const [left, tops] = [lanes.scrollLeft, new Map()];
    for (const lane of board.querySelectorAll("[data-cx-lane] > ul")) tops.set(lane.parentElement.dataset.cxLane, lane.scrollTop);
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return window.location.reload();
    board.innerHTML = await answer.text();
    fetched = Date.now();
    board.querySelector(".cx-board").scrollLeft = left;
    for (const lane of board.querySelectorAll("[data-cx-lane] > ul")) lane.scrollTop = tops.get(lane.parentElement.dataset.cxLane) ?? 0;
  };

  const post = (url, body) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (!body.has("csrfmiddlewaretoken") && token) body.set("csrfmiddlewaretoken", token.value);
    return fetch(url, { method: "POST", headers: asJson, body, credentials: "same-origin" });
  };

  const open = async (url) => {
    const answer = await fetch(url, { headers: asJson, credentials: "same-origin" });
    if (!answer.ok) return failed();
    dialog.innerHTML = await answer.text();
    dialog.showModal();
    dialog.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  };

  /* What the server said to a move: done, a form to fill in, or why not. */
  const settle = async (answer) => {
    if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) {
      if (!answer.ok || answer.redirected) return failed();
      dialog.innerHTML = await answer.text();
      return undefined;
    }
    const told = await answer.json();
    if (told.form) return open(told.form);
    if (dialog.open) dialog.close();
    await refresh();
    say(told.refused ?? "");
    return undefined;
  };

  const move = async (url, to) => {
    const body = new FormData();
    body.set("to", to);
    try {
      await settle(await post(url, body));
    } catch {
      failed();
    }
  };

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-cx-card]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.cxCard);
    dragged.classList.add("cx-dragged");
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("cx-dragged");
    dragged = null;
    for (const lane of board.querySelectorAll(".cx-lane-over")) lane.classList.remove("cx-lane-over");
  });
  board.addEventListener("dragover", (event) => {
    const lane = event.target.closest("[data-cx-lane]");
    if (!dragged || !lane) return;
    event.preventDefault();
    for (const other of board.querySelectorAll(".cx-lane-over")) if (other !== lane) other.classList.remove("cx-lane-over");
    lane.classList.add("cx-lane-over");
  });
  board.addEventListener("drop", (event) => {
    const lane = event.target.closest("[data-cx-lane]");
    if (!dragged || !lane) return;
    event.preventDefault();
    if (dragged.closest("[data-cx-lane]") !== lane) move(dragged.dataset.cxCard, lane.dataset.cxLane);
  });

  board.addEventListener("submit", (event) => {
    event.preventDefault();
    move(event.target.action, event.submitter.value);
  });
  board.addEventListener("click", (event) => {
    const more = event.target.closest("[data-cx-more]");
    if (!more) return;
    event.preventDefault();
    window.history.replaceState(null, "", more.href);
    refresh().catch(failed);
  });
  /* A menu is closed by Escape or by looking elsewhere. */
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".cx-move[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const menu of board.querySelectorAll(".cx-move[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    button.disabled = true;
    try {
      await settle(await post(event.target.action, new FormData(event.target)));
    } catch {
      failed();
    } finally {
      button.disabled = false;
    }
  });
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-cx-close]") && event.target !== dialog) return;
    event.preventDefault();
    dialog.close();
  });

  /* Others work too: whoever comes back to the board sees it as it is now. */
  window.addEventListener("focus", () => {
    const busy = dragged || dialog.open || board.querySelector(".cx-move[open]");
    if (!busy && Date.now() - fetched > 5000) refresh().catch(() => undefined);
  });
});
