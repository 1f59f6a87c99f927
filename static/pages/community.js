// Answers while somebody types: asks the same page for its list of what was found. Without it the button does the same.
"use strict";

(() => {
  const form = document.getElementById("find");
  const found = document.getElementById("found");
  const field = form && form.elements.namedItem("q");
  const question = document.getElementById("id_text");
  if (!field || !found || !window.fetch) return;
  let waiting = 0;
  let asking = null;
  let copied = question ? question.value : "";

  const look = async () => {
    if (asking) asking.abort();
    asking = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    query.set("part", "1");
    try {
      const answer = await fetch(`?${query}`, { signal: asking.signal });
      if (answer.ok) found.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };

  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(look, 220);
    // What was typed need not be typed again to be asked.
    if (question && question.value === copied) copied = question.value = field.value;
  });
})();
