// Keeps a section of the annual report while it is written. Without it the form's own button does the same.
(function () {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  const told = document.getElementById("autosave");
  if (!form || !told) { return; }
  const words = form.dataset;
  const notFigures = new Set(["csrf_token", "form_key", "version", "next", "conflicts"]);
  let timer = 0, sending = null, kept = snapshot(), stopped = false;

  function snapshot() {
    const values = {}, reasons = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string" || notFigures.has(name)) { continue; }
      if (name.endsWith(":reason")) { reasons[name.slice(0, -7)] = value; } else { values[name] = value; }
    }
    return JSON.stringify({ values, reasons });
  }

  function tell(text, conflict) {
    told.textContent = text;
    if (!conflict) { return; }
    const button = document.createElement("button");
    button.className = "btn btn-outline-primary btn-sm ms-2";
    button.textContent = words.compare;
    button.setAttribute("form", form.id);
    button.name = "next";
    button.value = "stay";
    told.append(button);
  }

  async function save() {
    const now = snapshot();
    if (stopped || now === kept || sending) { return; }
    const body = JSON.stringify({ version: Number(form.elements.version.value), ...JSON.parse(now) });
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
    try {
      sending = fetch(form.action, { method: "POST", headers, body, credentials: "same-origin" });
      const answer = await sending;
      if (answer.ok) {
        const saved = await answer.json();
        form.elements.version.value = saved.version;
        kept = now;
        tell(words.saved.replace("TIME", saved.time));
      } else if (answer.status === 409) {
        stopped = true;
        tell(words.stale, true);
      } else {
        const problem = await answer.json();
        const first = (problem.errors || [])[0];
        tell(words.refused + (first ? first.reason : problem.detail || ""));
      }
    } catch (_lost) {
      tell(words.offline);
      later(10000);
    } finally {
      sending = null;
    }
    if (!stopped && snapshot() !== now) { later(1500); }
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  form.addEventListener("input", function () { later(1500); });
  form.addEventListener("change", function () { later(200); });
  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    stopped = true;
    if (!sending) { return; }
    event.preventDefault();
    const go = function () { form.requestSubmit(event.submitter); };
    sending.then(function () { setTimeout(go, 50); }, go);
  });
}());
