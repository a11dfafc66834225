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
  const stretch = (at) => {  // down or right, whichever is further
    const [top, bottom, left, right] = filling.from, below = at.row - bottom, beside = at.day - right;
    filling.to = below > 0 && below >= beside ? [top, at.row, left, right] : beside > 0 ? [top, bottom, left, at.day] : filling.from;
    chosen.choose({ row: top, day: left }, false, false);
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
  const fill = () => {
    const [top, bottom, left, right] = filling.from, [, b, , r] = filling.to;
    filling = null;
    box.classList.remove("filling");
    if (b === bottom && r === right) return;
    const source = chosen.lines([top, bottom, left, right]), target = chosen.lines(b > bottom ? [bottom + 1, b, left, right] : [top, bottom, right + 1, r]);
    if (!source?.length || !target?.length) return;
    const texts = target.map((row, n) => row.map((_, m) => { const from = source[n % source.length]; return textOf(from[m % from.length], now.current.layer); })).flat();
    give(now.current.layer, target.flat(), texts, chosen, now);
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
