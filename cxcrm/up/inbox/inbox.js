// New mails appear by themselves; without JavaScript the page works after a reload.
"use strict";
const list = document.getElementById("list");
const query = new URLSearchParams(location.search);

async function refresh() {
  if (document.hidden || query.get("before")) return;
  const wanted = new URLSearchParams({ q: query.get("q") || "", selected: list.dataset.selected });
  try {
    const answer = await fetch("/list?" + wanted);
    const html = await answer.text();
    if (answer.ok && html !== list.dataset.shown) {
      const focused = document.activeElement && document.activeElement.getAttribute("href");
      const top = list.scrollTop;
      list.innerHTML = html;
      list.dataset.shown = html;
      list.scrollTop = top;
      if (focused) {
        const again = Array.from(list.querySelectorAll("a")).find((a) => a.getAttribute("href") === focused);
        if (again) again.focus();
      }
    }
  } catch {
    // The inbox is stopped; it is asked again.
  }
}

setInterval(refresh, 2000);
document.addEventListener("visibilitychange", refresh);
for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!confirm(button.dataset.confirm)) event.preventDefault();
  });
}
