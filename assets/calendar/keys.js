// The chart by keyboard: arrows go from bar to bar, Enter opens, M moves, E extends; single letters for the rest.
import { measure } from "./measure.js";
import { ghost } from "./hands.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LETTERS = { n: "new", t: "today", r: "rates", g: "date", z: "undo", "/": "find", "?": "help" };

/** Hear keys on the chart and, for single letters, on the page; returns how to stop. */
export function keys(element, now) {
  let move = null;

  const bars = () => [...element.querySelectorAll(".bar-of,.rate-day")];
  const row = (bar) => +bar.closest(".line").dataset.i;
  const inSight = (bar) => {
    const a = element.getBoundingClientRect(), b = bar.getBoundingClientRect(), m = measure(element);
    return b.right > a.left + m.unit && b.left < a.right && b.top >= a.top + m.head && b.bottom <= a.bottom;
  };
  const focus = (bar) => {
    if (!bar) return;
    element.dataset.at = bar.dataset.key;
    bar.focus({ preventScroll: true });
    reveal(element, +bar.dataset.a, Math.max(1, +bar.dataset.n), row(bar));
  };
  const beside = (bar, [dx, dy]) => {
    const here = row(bar), a = +bar.dataset.a, middle = a + bar.dataset.n / 2;
    if (dx) return bars().filter((one) => row(one) === here && (+one.dataset.a - a) * dx > 0).sort((x, y) => dx * (x.dataset.a - y.dataset.a))[0];
    const far = (one) => Math.abs(+one.dataset.a + one.dataset.n / 2 - middle);
    const lines = bars().filter((one) => (row(one) - here) * dy > 0 && far(one) < 30).sort((x, y) => dy * (row(x) - row(y)) || far(x) - far(y));
    return lines[0];
  };

  const begin = (bar, part) => {
    if (!/[tci]/.test(bar.className.split(" ")[1])) return;
    move = { bar, part, key: bar.dataset.key, version: +bar.dataset.v, from: +bar.dataset.a, home: row(bar), first: +bar.dataset.a, nights: +bar.dataset.n, long: +bar.dataset.n, row: row(bar) };
    element.classList.add("keying");
    show();
  };
  const show = () => {
    const line = element.querySelector(`.line[data-i="${move.row}"]`);
    ghost(element, move, move.bar);
    reveal(element, move.first, move.nights, move.row);
    if (line) now.current.onHover(move.key, move.part, line.dataset.row, move.first, move.nights);
  };
  const shift = ([dx, dy]) => {
    if (move.part === "end") { move.nights = Math.max(1, move.nights + dx); return show(); }
    move.first += dx;
    for (let next = move.row + dy; dy; next += dy) {
      const line = element.querySelector(`.line[data-i="${next}"]`);
      if (!line) break;
      if (line.classList.contains("u") || line.classList.contains("l")) { move.row = next; break; }
    }
    show();
  };
  const end = (done) => {
    const { bar, key, version, part, from, first, nights, long, row: at, home } = move;
    const line = element.querySelector(`.line[data-i="${at}"]`);
    move = null;
    element.classList.remove("keying");
    if (!done || !line || (first === from && nights === long && at === home)) return ghost(element, null), bar.isConnected && bar.focus();
    element.classList.add("waiting");
    now.current.onDrop(key, version, part, line.dataset.row, from, part === "end" ? nights - long : first - from);
  };

  const onChart = (event) => {
    const bar = event.target.closest?.(".bar-of"), price = event.target.closest?.(".rate-day"), arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    let used = true;
    if (move && arrow) shift(arrow);
    else if (move && (event.key === "Enter" || event.key === "Escape")) end(event.key === "Enter");
    else if (move) used = false;
    else if (arrow && (bar ?? price)) focus(beside(bar ?? price, arrow));
    else if (arrow && event.target === element) focus(bars().find(inSight) ?? bars()[0]);
    else if (bar && (event.key === "Enter" || event.key === " ")) now.current.onOpen(bar.dataset.key, /[bs]/.test(bar.className.split(" ")[1]) ? "block" : "stay");
    else if (price && event.key.toLowerCase() === "w") price.querySelector(".lack")?.click();
    else if (bar && event.key.toLowerCase() === "m") begin(bar, "move");
    else if (bar && event.key.toLowerCase() === "e") begin(bar, "end");
    else used = false;
    if (used) { event.preventDefault(); event.stopPropagation(); }
  };
  const onPage = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest?.("input,textarea,select,[contenteditable],dialog:modal,:popover-open") || document.querySelector("dialog:modal")) return;
    const wish = LETTERS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!wish) return;
    event.preventDefault();
    if (wish === "date") { const field = document.getElementById("jump"); field?.focus(); field?.showPicker?.(); }
    else now.current.onWish(wish);
  };
  const enter = (event) => {  // Tab into the chart: to the bar one was at, else the first in sight
    if (event.target !== element || event.relatedTarget?.closest?.("#chart")) return;
    if (!element.matches(":focus-visible")) return;
    const at = element.dataset.at && element.querySelector(`[data-key="${element.dataset.at}"]`);
    const bar = at && inSight(at) ? at : bars().find(inSight);
    if (bar) focus(bar);
  };
  // A bar that moved is drawn anew in another row: the focus follows it.
  const redrawn = new MutationObserver(() => {
    if (document.activeElement !== document.body || !element.dataset.at || !element.dataset.hold) return;
    element.querySelector(`[data-key="${element.dataset.at}"]`)?.focus({ preventScroll: true });
  });
  const holds = (event) => { element.dataset.hold = event.target.closest?.(".bar-of,.rate-day") ? "1" : ""; if (element.dataset.hold) element.dataset.at = event.target.dataset.key; };
  const lets = (event) => { if (event.relatedTarget) element.dataset.hold = ""; };

  const back = () => {  // a drawer closed
    const bar = element.dataset.at && element.querySelector(`[data-key="${element.dataset.at}"]`);
    if (bar && [document.body, null].includes(document.activeElement)) bar.focus({ preventScroll: true });
  };

  element.addEventListener("keydown", onChart);
  element.addEventListener("back", back);
  element.addEventListener("focus", enter);
  element.addEventListener("focusin", holds);
  element.addEventListener("focusout", lets);
  addEventListener("keydown", onPage);
  redrawn.observe(element, { childList: true, subtree: true });
  return () => {
    element.removeEventListener("keydown", onChart);
    element.removeEventListener("back", back);
    element.removeEventListener("focus", enter);
    element.removeEventListener("focusin", holds);
    element.removeEventListener("focusout", lets);
    removeEventListener("keydown", onPage);
    redrawn.disconnect();
  };
}

/** Scroll just as far as needed to see a place. */
function reveal(element, first, nights, index) {
  const m = measure(element), origin = +element.dataset.origin;
  const left = (first - origin) * m.day, right = left + (nights + 1) * m.day, top = index * m.row;
  const wide = element.clientWidth - m.unit, tall = element.clientHeight - m.head;
  if (right > element.scrollLeft + wide) element.scrollLeft = Math.min(right - wide, left);
  if (left < element.scrollLeft) element.scrollLeft = left;
  if (top < element.scrollTop) element.scrollTop = top;
  if (top + m.row > element.scrollTop + tall) element.scrollTop = top + m.row - tall;
}
