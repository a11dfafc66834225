// Forms before sign-in post to HTTP routes, for only those can set the session cookie. `form[data-door]` is sent in the
// background; what is refused is written beside the field it names. Steps of set-up are fieldsets[data-step].
(() => {
  const find = (root, selector) => root.querySelector(selector);
  const busy = (form, on) => form.querySelectorAll("button[type=submit]").forEach((b) => { b.classList.toggle("busy", on); b.disabled = on; });

  const control = (form, field) => {
    const row = /^room_types\.(\d+)\.(.+)$/.exec(field || "");
    if (row) return find(form.querySelectorAll(".type-row")[row[1]] || form, `[name$=".${row[2]}"]`);
    return field ? form.elements.namedItem(field) : null;
  };
  const clear = (form) => {
    form.querySelectorAll("[data-wrong]").forEach((e) => { e.textContent = ""; });
    form.querySelectorAll("[aria-invalid]").forEach((e) => e.removeAttribute("aria-invalid"));
  };
  const blame = (form, field, message) => {
    const input = control(form, field), place = input && document.getElementById(`${input.id}-wrong`);
    const note = place || find(form, "[data-wrong=form]");
    if (input) input.setAttribute("aria-invalid", "true");
    if (note) note.textContent = message;
    const step = input && input.closest("[data-step]");
    if (step) go(form, Number(step.dataset.step));
    if (input && input.focus) input.focus();
  };
  const reveal = (form, code) => {
    const hidden = find(form, `[data-reveal="${code}"]`);
    if (!hidden || !hidden.hidden) return false;
    hidden.hidden = false;
    const input = find(hidden, "input");
    input.required = true; input.focus();
    return true;
  };

  const go = (form, step) => {
    form.querySelectorAll("[data-step]").forEach((f) => { f.hidden = Number(f.dataset.step) !== step; });
    document.querySelectorAll("[data-marks]").forEach((mark) => {
      const n = Number(mark.dataset.marks);
      mark.dataset.done = String(n < step);
      n === step ? mark.setAttribute("aria-current", "step") : mark.removeAttribute("aria-current");
    });
    const first = find(form, `[data-step="${step}"] input, [data-step="${step}"] select`);
    if (first) first.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  };
  const sound = (fieldset) => [...fieldset.elements].every((e) => !e.reportValidity || e.reportValidity());

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-go]");
    const form = button && button.closest("form");
    if (!form) return;
    const here = button.closest("[data-step]"), to = Number(button.dataset.go);
    if (to > Number(here.dataset.step) && !sound(here)) return;
    go(form, to);
  });
  document.addEventListener("keydown", (event) => {
    const step = event.key === "Enter" && event.target.tagName === "INPUT" && event.target.closest("[data-step]");
    const next = step && find(step, "[data-go][data-next]");
    if (next) { event.preventDefault(); next.click(); }
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-door]")) return;
    event.preventDefault();
    clear(form); busy(form, true);
    try {
      const filled = new FormData(form), next = new URLSearchParams(location.search).get("next");
      if (next) filled.set("next", next);
      const answer = await fetch(form.action, { method: "POST", body: filled, headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (answer.ok) { location.assign(said.to); return; }
      if (!(said.code === "code-needed" && reveal(form, said.code))) blame(form, said.field, said.message || form.dataset.broken);
    } catch { blame(form, null, form.dataset.broken); }
    busy(form, false);
  }, true);
})();
