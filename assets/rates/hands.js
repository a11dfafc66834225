// Mouse, pen and finger on the grid: choose, drag a rectangle, draw the fill handle, open what a mark means.
import { give, textOf } from "./selection.js";

const HOVER = 650, STILL = 4;

/** Hear pointers on the grid; returns how to stop. */
export function hands(element, now, chosen) {
  const box = element.querySelector(".chosen-cells");
  let drag = null, filling = null, timer = 0, hovered = null;

  const cellAt = (event) => document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches?.(".rate[data-d]") && element.contains(one));
  const alone = (at) => chosen.to && chosen.from && [chosen.from, chosen.to].every((one) => one.row === at.row && one.day === at.day);

  const down = (event) => {
    if (event.button || event.target.closest(".cell-editor")) return;
    if (event.target.closest(".fill")) return begin(event);
    const cell = event.target.closest(".rate[data-d]");
    if (!cell || now.current.narrow || event.pointerType === "touch") return;
    hush();
    const at = chosen.place(cell), again = alone(at);
    element.dispatchEvent(new CustomEvent("leave-editor"));
    chosen.choose(at, event.shiftKey);
    drag = { again, moved: false, x: event.clientX, y: event.clientY, stop: event.target.closest(".stop") && cell };
    event.preventDefault();
  };
  const begin = (event) => {
    filling = { from: chosen.rectangle(), to: chosen.rectangle() };
    event.preventDefault(); event.stopPropagation();
    box.classList.add("filling");
  };
  const move = (event) => {
    if (!drag && !filling) return;
    const cell = cellAt(event);
    if (filling && cell) stretch(chosen.place(cell));
    if (drag && (drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > STILL) && cell) chosen.choose(chosen.place(cell), true);
    const area = element.getBoundingClientRect();  // near an edge the grid moves on by itself
    const dy = event.clientY > area.bottom - 20 ? 14 : event.clientY < area.top + 50 ? -14 : 0;
    if (dy && (filling || drag?.moved)) element.scrollBy(0, dy);
  };
  const stretch = (at) => {  // down, up, right or left, whichever is furthest
    const [top, bottom, left, right] = filling.from, ways = [[at.row - bottom, 1, at.row], [top - at.row, 0, at.row], [at.day - right, 3, at.day], [left - at.day, 2, at.day]];
    const [far, edge, to] = ways.reduce((most, one) => (one[0] > most[0] ? one : most));
    filling.to = filling.from.map((one, n) => (far > 0 && n === edge ? to : one));
    chosen.choose({ row: filling.to[0], day: filling.to[2] }, false, false);
    chosen.choose({ row: filling.to[1], day: filling.to[3] }, true, false);
  };
  const up = () => {
    if (filling) fill();
    if (drag && !drag.moved) {
      if (drag.stop) ask(drag.stop);
      else if (drag.again) element.dispatchEvent(new CustomEvent("edit-cell"));
    }
    drag = null;
  };
  const fill = () => {  // what was chosen is repeated from where it stands: upwards and to the left its end comes first
    const [top, bottom, left, right] = filling.from, [a, b, l, r] = filling.to, what = now.current.layer;
    filling = null;
    box.classList.remove("filling");
    const grown = a < top ? [a, top - 1, left, right] : b > bottom ? [bottom + 1, b, left, right] : l < left ? [top, bottom, l, left - 1] : r > right ? [top, bottom, right + 1, r] : null;
    const source = chosen.lines([top, bottom, left, right]), target = grown && chosen.lines(grown);
    if (!source?.length || !target?.length) return;
    const from = (some, n, all, back) => some[back ? some.length - 1 - ((all - 1 - n) % some.length) : n % some.length];
    const texts = target.flatMap((row, n) => row.map((_, m) => textOf(from(from(source, n, target.length, a < top), m, row.length, l < left), what)));
    give(what, target.flat(), texts, chosen, now);
  };

  const ask = (cell) => {
    const at = cell.getBoundingClientRect();
    now.current.onAsk(cell.parentElement.dataset.row, +cell.dataset.d, Math.round(at.left + at.width / 2), Math.round(at.bottom));
  };
  const hush = () => { clearTimeout(timer); timer = 0; };
  const over = (event) => {
    hush();
    if (event.pointerType !== "mouse" || drag || filling || now.current.narrow) return;
    const cell = event.target.matches?.(".rate > b, .rate > b > small") && event.target.closest(".rate[data-d]");
    if (hovered && !hovered.contains(event.target)) { hovered = null; now.current.onWish("hush", ""); }
    if (cell && cell !== hovered) timer = setTimeout(() => { hovered = cell; ask(cell); }, HOVER);
  };
  const leave = (event) => {
    hush();
    if (hovered && !event.relatedTarget?.closest?.(".why")) { hovered = null; now.current.onWish("hush", ""); }
  };
  const tap = (event) => {
    const kind = now.current.overselling && event.target.closest(".sold[data-d]");
    if (kind) element.dispatchEvent(new CustomEvent("edit-allowance", { detail: kind }));
    const cell = event.target.closest(".rate[data-d]");
    if (cell && (event.pointerType === "touch" || now.current.narrow)) now.current.onOpen(cell.parentElement.dataset.row, +cell.dataset.d);
  };

  const heard = [["pointerdown", down], ["pointerover", over], ["pointerleave", leave], ["click", tap]];
  for (const [name, what] of heard) element.addEventListener(name, what);
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  return () => {
    for (const [name, what] of heard) element.removeEventListener(name, what);
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    hush();
  };
}
