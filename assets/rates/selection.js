// Which cells are chosen: a rectangle from where one began to where one is, drawn over the grid.

/** The selection of a grid. A place is {row, day}: the number of a row, the number of a day. */
export function selection(element, now) {
  const box = element.querySelector(".chosen-cells");
  let from = null, to = null;

  const line = (row) => element.querySelector(`.rate-line[data-i="${row}"]`);
  const plan = (one) => one && !one.classList.contains("t") && !one.classList.contains("f");
  const cell = (place) => line(place.row)?.querySelector(`.rate[data-d="${place.day}"]`) ?? null;
  const place = (one) => ({ row: +one.closest(".rate-line").dataset.i, day: +one.dataset.d });
  const edges = () => {
    const all = element.querySelector(".rate-line:is(.m,.o,.d)")?.querySelectorAll(".rate[data-d]");
    return all?.length ? [+all[0].dataset.d, +all[all.length - 1].dataset.d] : [0, 0];
  };

  /** [first row, last row, first day, last day] */
  const rectangle = () => [Math.min(from.row, to.row), Math.max(from.row, to.row), Math.min(from.day, to.day), Math.max(from.day, to.day)];

  /** The cells of a rectangle, row by row; null while one of the rows is out of reach. */
  const lines = ([top, bottom, left, right] = rectangle()) => {
    const found = [];
    for (let row = top; row <= bottom; row++) {
      const one = line(row);
      if (!one) return null;
      if (!plan(one)) continue;
      const inside = [...one.querySelectorAll(".rate[data-d]")].filter((c) => +c.dataset.d >= left && +c.dataset.d <= right);
      if (inside.length) found.push(inside);
    }
    return found;
  };

  const draw = () => {
    const found = from && to ? lines() : null, all = new Set(found?.flat());
    for (const one of element.querySelectorAll("[aria-selected=true]")) if (!all.has(one)) one.removeAttribute("aria-selected");
    const first = found?.[0]?.[0], last = found?.at(-1)?.at(-1);
    box.hidden = !first || !last || now.current.narrow;
    if (box.hidden) return;
    for (const one of all) one.setAttribute("aria-selected", "true");
    const a = first.parentElement, b = last.parentElement;
    Object.assign(box.style, {
      left: `${first.offsetLeft}px`, top: `${a.offsetTop}px`,
      width: `${last.offsetLeft + last.offsetWidth - first.offsetLeft}px`, height: `${b.offsetTop + b.offsetHeight - a.offsetTop}px`,
    });
  };

  /** Scroll just as far as needed to see a cell. */
  const reveal = (one) => {
    const a = element.getBoundingClientRect(), b = one.getBoundingClientRect();
    const head = element.querySelector(".heads").offsetHeight, name = element.querySelector(".corner").offsetWidth;
    if (b.top < a.top + head) element.scrollTop -= a.top + head - b.top;
    else if (b.bottom > a.bottom - 12) element.scrollTop += b.bottom - a.bottom + 12;
    if (b.left < a.left + name) element.scrollLeft -= a.left + name - b.left;
    else if (b.right > a.right) element.scrollLeft += b.right - a.right;
  };

  const self = {
    cell, place, line, plan, lines, rectangle, draw, edges, reveal,
    get from() { return from; },
    get to() { return to; },
    /** Choose one cell; with `further`, from where one began to it. */
    choose(at, further = false, focus = true) {
      if (!cell(at)) return;
      to = at;
      if (!further || !from || !line(from.row)) from = at;
      draw();
      if (focus) { cell(at).focus({ preventScroll: true }); reveal(cell(at)); }
    },
    /** Step so many rows and days, over headers of room types; says whether it could. */
    step(rows, day, further = false) {
      if (!to) return false;
      let next = to.row;
      for (let left = Math.abs(rows); left; left--) {
        let row = next + Math.sign(rows);
        while (line(row) && !plan(line(row))) row += Math.sign(rows);
        if (!line(row)) break;
        next = row;
      }
      const [first, last] = edges(), there = { row: next, day: Math.max(first, Math.min(last, to.day + day)) };
      const moved = there.row !== to.row || there.day !== to.day;
      self.choose(there, further);
      return moved;
    },
    /** Cells as the server is told: row, day, version seen. */
    named(found) { return found.flat().map((one) => [one.parentElement.dataset.row, +one.dataset.d, +one.dataset.v]); },
  };

  // Rows come, go and change places; the chosen ones are drawn where they are now.
  const redrawn = new MutationObserver(draw);
  redrawn.observe(element.querySelector(".sheet"), { subtree: true, childList: true, attributeFilter: ["data-i", "data-d"] });
  self.stop = () => redrawn.disconnect();
  return self;
}

/** Show texts in cells as being saved, until the server has answered. */
export function saving(found, texts) {
  found.forEach((one, n) => { one.dataset.saving = texts[n] || "…"; });
}

/** Restrictions by the letter they have among a cell's marks; the first three are yes or no. */
const FLAGS = { closed: "", closed_arrival: "a", closed_departure: "d" };
const NUMBERS = { min_stay: "n", max_stay: "x", min_stay_arrival: "N", max_stay_arrival: "X", min_advance: "f", max_advance: "F" };

export const isFlag = (what) => what in FLAGS;
export const isLayer = (what) => what === "price" || what in FLAGS || what in NUMBERS;

/** What a cell has of a layer, as a spreadsheet has it: a price, yes or no, a number, "-" for none. */
export function textOf(cell, what) {
  if (what === "price") return priceOf(cell);
  if (what === "closed") return cell.matches(".c") ? "yes" : "no";
  const letter = FLAGS[what] ?? NUMBERS[what], mark = (cell.dataset.m ?? "").split(",").find((one) => one[0] === letter);
  return isFlag(what) ? (mark ? "yes" : "no") : mark?.slice(1) || "-";
}

/** Give cells a layer's texts: shown as being saved, and told. */
export function give(what, found, texts, chosen, now) {
  saving(found, what === "price" ? texts : found.map(priceOf));
  if (what === "price") now.current.onPut(chosen.named(found), texts);
  else now.current.onRules(what, chosen.named(found), texts);
}

/** The price a cell shows: what was typed, while that is being saved. */
export const priceOf = (cell) => (cell.dataset.saving ?? "…") === "…" ? cell.querySelector("b").textContent : cell.dataset.saving;
