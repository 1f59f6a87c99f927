// A rule's page: rows change shape and the count follows while one types. Without this script its buttons do the same.
(() => {
  "use strict";
  const form = document.querySelector("[data-rule-form]");
  const place = form?.querySelector("[data-rule]");
  if (!form || !place) return;
  const WAIT = 450;
  let timer = 0;
  let asked = 0;

  // Whoever chooses customers by hand needs no rule.
  const byRule = () => {
    const chosen = form.querySelector("input[name=kind]:checked");
    place.hidden = chosen ? chosen.value !== "rule" : false;
  };
  form.addEventListener("change", (event) => event.target.name === "kind" && byRule());
  byRule();

  // Rows that are being changed come first: a count asked meanwhile waits for them, or it would throw them away.
  let changing = Promise.resolve();
  const ask = async (what, whole) => {
    clearTimeout(timer);
    const number = ++asked;
    const before = changing;
    if (!whole) {
      await before;
      if (number === asked) await put(what, false, () => number === asked);
      return;
    }
    let done;
    changing = new Promise((resolve) => (done = resolve));
    try {
      await before;
      await put(what, true, () => true);
    } finally {
      done();
    }
  };
  // What somebody chose while the answer was on its way stays.
  const keep = (old, now, body) => {
    for (const control of old.querySelectorAll("input[name]:not([type=radio]), select[name]")) {
      const twin = now.querySelector(`[name="${CSS.escape(control.name)}"]`);
      if (twin && body.has(control.name) && control.value !== body.get(control.name)) twin.value = control.value;
    }
  };
  const put = async (what, whole, isNewest) => {
    const body = new FormData(form);
    body.set("do", what);
    place.querySelector("[data-rule-found]")?.setAttribute("aria-busy", "true");
    const answer = await fetch(form.dataset.ruleForm, { method: "POST", body, credentials: "same-origin" });
    if (!isNewest()) return; // something newer is on its way
    if (!answer.ok) {
      place.querySelector("[data-rule-found]")?.removeAttribute("aria-busy");
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!isNewest()) return;
    const pieces = whole ? ["[data-rule-rows]", "[data-rule-found]"] : ["[data-rule-found]"];
    const focus = document.activeElement?.name;
    for (const piece of pieces) {
      const [old, now] = [place.querySelector(piece), fresh.querySelector(piece)];
      if (!old || !now) continue;
      if (whole && !what.startsWith("remove")) keep(old, now, body);
      old.replaceWith(document.adoptNode(now));
    }
    if (whole) {
      const rows = place.querySelectorAll(".cx-rule-row");
      const next = what.startsWith("add")
        ? rows[rows.length - 1]?.querySelector("select")
        : focus && place.querySelector(`[name="${CSS.escape(focus)}"]:not(button)`);
      (next || place.querySelector("select"))?.focus();
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask("live", false), WAIT);
  };

  place.addEventListener("change", (event) => {
    if (event.target.dataset.rule === "shape") ask("live", true);
    else later();
  });
  place.addEventListener("input", (event) => event.target.matches("input[type=text], input[type=date]") && later());
  place.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    event.preventDefault();
    ask(button.value, true);
  });
  // Enter in a row asks who that is; it does not save something half done.
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
    event.preventDefault();
    ask("check", true);
  });
  if (place.querySelector("option[selected][value]:not([value=''])") && !place.querySelector(".cx-rule-size")) ask("live", false);
})();
