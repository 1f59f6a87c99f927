// A case's page: keys that open what is done most, ready words, names after an "@", the bar of who spent the time.
(() => {
  "use strict";
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
  const replies = read("case-replies") || {};
  const colleagues = read("case-colleagues") || [];

  document.querySelectorAll(".cx-shares > span").forEach((part) => {
    part.style.flexGrow = part.dataset.width;
  });

  const open = (act) => {
    act.open = true;
    act.scrollIntoView({ block: "center" });
    act.querySelector("textarea, select, input:not([type=hidden])")?.focus();
  };
  document.querySelectorAll("[data-open]").forEach((link) => {
    link.addEventListener("click", (event) => {
      const act = document.getElementById(`do-${link.dataset.open}`);
      if (act) {
        event.preventDefault();
        open(act);
      }
    });
  });

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form.cx-form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[type=submit]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const act = document.querySelector(`details[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (act) {
      event.preventDefault();
      open(act);
    }
  });

  // With nothing typed yet the link loads the page with the words filled in and looked at by the coach; words that were
  // typed stay, and the template's go where the cursor is.
  document.querySelectorAll("[data-template]").forEach((link) => {
    link.addEventListener("click", (event) => {
      const area = link.closest("form").querySelector("textarea");
      const words = replies[link.dataset.template];
      if (!area.value.trim() || !words) return;
      event.preventDefault();
      area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
      area.focus();
    });
  });

  const bare = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{Mn}/gu, "");
  document.querySelectorAll("textarea[data-mentions]").forEach((area) => {
    const list = document.createElement("ul");
    list.className = "cx-names";
    list.hidden = true;
    area.after(list);
    const asked = () => /(?:^|[\s(])@([^@\n]{0,30})$/u.exec(area.value.slice(0, area.selectionStart));
    const choose = (name) => {
      const found = asked();
      if (found) area.setRangeText(`${name} `, area.selectionStart - found[1].length, area.selectionStart, "end");
      list.hidden = true;
      area.focus();
    };
    area.addEventListener("input", () => {
      const found = asked();
      const wanted = found ? bare(found[1].trim()) : null;
      const fits = wanted === null ? [] : colleagues.filter((one) => bare(one.name).includes(wanted)).slice(0, 6);
      list.replaceChildren(
        ...fits.map((one) => {
          const button = document.createElement("button");
          const job = document.createElement("small");
          button.type = "button";
          job.textContent = one.job ? ` · ${one.job}` : "";
          button.append(one.name, job);
          button.addEventListener("click", () => choose(one.name));
          const item = document.createElement("li");
          item.append(button);
          return item;
        }),
      );
      list.hidden = fits.length === 0;
    });
    area.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "Escape") list.hidden = true;
      if (event.key === "ArrowDown") {
        event.preventDefault();
        list.querySelector("button").focus();
      }
      if (event.key === "Tab" && !event.shiftKey) {
        event.preventDefault();
        list.querySelector("button").click();
      }
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (!step) return;
      event.preventDefault();
      document.activeElement.parentElement[step]?.querySelector("button").focus();
    });
  });
})();
