// The grid by keyboard: arrows move, Shift chooses, typing edits, letters switch restrictions.
import { clipboard } from "./clipboard.js";
import { give, isFlag, priceOf, saving, textOf } from "./selection.js";

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -99], End: [0, 99] };
const SWITCHES = { c: "closed", a: "closed_arrival", d: "closed_departure" };
const NUMBERS = { m: "min_stay", x: "max_stay", o: "overbooking" };
const SIGNS = { min_stay: "≥", max_stay: "≤", min_stay_arrival: "→≥", max_stay_arrival: "→≤", overbooking: "+" };
const PAGE = { t: "today", "?": "help", g: "date", Escape: "hush" };

/** Hear keys on the grid, single letters on the page; returns how to stop. */
export function keys(element, now, chosen) {
  const editor = element.querySelector(".cell-editor");
  let editing = null;

  const locked = (cell) => cell.parentElement.matches(".d,.o");
  const here = () => chosen.to && chosen.cell(chosen.to);

  /** Type over a cell: its price, or a restriction that holds for all chosen ones; over a room type's cell `at`, what may be sold beyond the house. */
  const edit = (first = "", what = now.current.layer, at = null) => {
    const cell = at ?? here();
    if (!cell || !now.current[what === "overbooking" ? "overselling" : "editable"]) return;
    if (isFlag(what)) return first || rule(what);
    if (what === "price" && locked(cell)) return now.current.onWish("locked", cell.parentElement.dataset.row);
    const found = at || what === "price" ? [[cell]] : reachable();
    if (!found) return;
    editing = { cell, what, quick: first !== "", found: found.flat(), cells: chosen.named(found) };  // the versions one saw
    const line = cell.parentElement;
    Object.assign(editor.style, { left: `${cell.offsetLeft}px`, top: `${line.offsetTop}px`, width: `${Math.max(cell.offsetWidth, 64)}px`, height: `${line.offsetHeight}px` });
    editor.dataset.what = what;
    editor.setAttribute("aria-label", editor.getAttribute(`data-${what}`));
    editor.placeholder = SIGNS[what] ?? "";
    editor.hidden = false;
    editor.value = first || (what === "price" ? priceOf(cell) : at ? cell.dataset.v : "");
    editor.focus({ preventScroll: true });
    if (!first) editor.select();
  };
  const close = (keep) => {
    if (!editing) return;
    const { cell, what, found, cells } = editing, text = editor.value.trim();
    editing = null;
    editor.hidden = true;
    if (keep && what === "price" && text !== priceOf(cell)) { saving(found, [text]); now.current.onPut(cells, [text]); }
    if (keep && what === "overbooking" && text && !(cell.matches(".sold") && text === cell.dataset.v)) { saving(found, found.map((one) => (one.matches(".sold") ? `+${text}` : priceOf(one)))); now.current.onAllow(cells, text); }
    else if (keep && what !== "price" && text) { saving(found, found.map(priceOf)); now.current.onRule(what, cells, text); }
    here()?.focus({ preventScroll: true });
  };
  const inEditor = (event) => {
    const arrow = ARROWS[event.key];
    event.stopPropagation();
    if (event.key === "Escape") close(false);
    else if (event.key === "Enter") { const price = editing?.what === "price"; close(true); if (price) chosen.step(event.shiftKey ? -1 : 1, 0); }
    else if (event.key === "Tab") { close(true); chosen.step(0, event.shiftKey ? -1 : 1); }
    else if (arrow && Math.abs(arrow[0] + arrow[1]) === 1 && (editing?.quick || arrow[0])) { close(true); chosen.step(...arrow); }
    else return;
    event.preventDefault();
  };

  /** The chosen cells; while some are out of reach, nothing, and the grid goes back to where one is. */
  const reachable = () => {
    const found = chosen.to ? chosen.lines() : null;
    if (!found && here()) chosen.reveal(here());
    return found?.length ? found : null;
  };
  const wipe = () => {
    const found = reachable()?.flat();
    if (!found || !now.current.editable) return;
    const what = now.current.layer;
    if (what !== "price") return give(what, found, found.map(() => (isFlag(what) ? "no" : "-")), chosen, now);
    const mine = found.filter((cell) => !locked(cell));
    if (!mine.length) return now.current.onWish("locked", found[0].parentElement.dataset.row);
    give(what, mine, mine.map(() => ""), chosen, now);
  };
  /** Give all chosen cells what their first row has, or their first day; says whether there was anything to fill. */
  const fill = (down) => {
    const found = reachable();
    if (!found || !now.current.editable || (down ? found.length : found[0].length) < 2) return false;
    const what = now.current.layer, from = (n, m) => textOf(down ? found[0][m] : found[n][0], what);
    const pairs = found.flatMap((row, n) => row.map((cell, m) => [cell, from(n, m), down ? n : m])).filter(([, , place]) => place);
    give(what, pairs.map(([cell]) => cell), pairs.map(([, text]) => text), chosen, now);
    return true;
  };
  /** Give all chosen cells what the one has where choosing began: up and to the left, too. */
  const spread = () => {
    const found = reachable(), begun = chosen.from && chosen.cell(chosen.from), what = now.current.layer;
    if (!found || !begun || !now.current.editable || found.flat().length < 2) return false;
    const others = found.flat().filter((cell) => cell !== begun);
    give(what, others, others.map(() => textOf(begun, what)), chosen, now);
    return true;
  };
  const rule = (what) => {
    const found = reachable();
    if (!found || !now.current.editable) return;
    saving(found.flat(), found.flat().map(priceOf));
    now.current.onRule(what, chosen.named(found), "");
  };
  const why = () => {
    const at = here().getBoundingClientRect();
    now.current.onAsk(here().parentElement.dataset.row, +here().dataset.d, Math.round(at.left + at.width / 2), Math.round(at.bottom));
  };

  const onGrid = (event) => {
    if (event.target === editor || event.target.closest("button,select") || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const used = event.ctrlKey || event.metaKey ? control(key, event.shiftKey) : plain(key, event);
    if (used) { event.preventDefault(); event.stopPropagation(); }
  };
  const control = (key, shift) => {
    if (key === "z" && !shift) now.current.onWish("undo", "");
    else if (key === "y" || key === "z") now.current.onWish("redo", "");
    else if ((key === "d" || key === "r") && !shift) return fill(key === "d");
    else if (key === "Enter" && !shift) return spread();
    else if (key === "a" && chosen.to) { const row = chosen.to.row, [first, last] = chosen.edges(); chosen.choose({ row, day: first }); chosen.choose({ row, day: last }, true); }
    else return false;
    return true;
  };
  const plain = (key, event) => {
    const arrow = ARROWS[key];
    if (arrow && !here()) start();
    else if (arrow) beyond(chosen.step(...arrow, event.shiftKey), arrow, event.shiftKey);
    else if (!here()) return false;
    else if (key === "Enter" || key === "F2") edit();
    else if (key === "Delete" || key === "Backspace") wipe();
    else if (key === "Escape") { now.current.onWish("hush", ""); chosen.choose(chosen.to); }
    else if (/^[0-9.,]$/.test(key)) edit(key);
    else if (SWITCHES[key]) rule(SWITCHES[key]);
    else if (NUMBERS[key]) edit("", NUMBERS[key]);
    else if (key === "i") why();
    else return false;
    return true;
  };
  const beyond = (moved, [, day], further) => {  // past the edge other days come into sight
    if (moved || further || Math.abs(day) !== 1) return;
    const at = { row: chosen.to.row, day: chosen.to.day + day };
    now.current.onWish(day > 0 ? "later" : "earlier", "");
    const wait = new MutationObserver(() => { if (chosen.cell(at)) { wait.disconnect(); chosen.choose(at); } });
    wait.observe(element, { subtree: true, childList: true, attributeFilter: ["data-d"] });
    setTimeout(() => wait.disconnect(), 3000);
  };
  const start = () => {  // the first cell in sight
    const area = element.getBoundingClientRect(), head = element.querySelector(".heads").offsetHeight;
    const lines = [...element.querySelectorAll(".rate-line:is(.m,.o,.d)")].sort((a, b) => a.dataset.i - b.dataset.i);
    const cell = lines.find((one) => one.getBoundingClientRect().top >= area.top + head - 1)?.querySelector(".rate[data-d]");
    if (cell) chosen.choose(chosen.place(cell));
  };
  const enter = (event) => {
    if (event.target !== element || !element.matches(":focus-visible") || event.relatedTarget?.closest?.("#rate-grid")) return;
    if (here()) chosen.choose(chosen.to); else start();
  };

  const onPage = (event) => {
    if (event.defaultPrevented || event.repeat || event.altKey) return;
    if (event.target.closest?.("input,textarea,select,[contenteditable],dialog:modal,:popover-open") || document.querySelector("dialog:modal")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const wish = event.ctrlKey || event.metaKey ? (key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : "") : PAGE[key];
    if (!wish) return;
    event.preventDefault();
    if (wish === "date") { const field = document.getElementById("rates-jump"); field?.focus(); field?.showPicker?.(); }
    else now.current.onWish(wish, "");
  };

  const heard = [["keydown", onGrid], ["focus", enter], ["edit-cell", () => edit()], ["edit-allowance", (event) => edit("", "overbooking", event.detail)], ["leave-editor", () => close(true)]];
  for (const [name, what] of heard) element.addEventListener(name, what);
  const lost = () => close(true), board = clipboard(element, now, chosen, reachable);
  editor.addEventListener("keydown", inEditor);
  editor.addEventListener("blur", lost);
  addEventListener("keydown", onPage);
  return () => {
    for (const [name, what] of heard) element.removeEventListener(name, what);
    board();
    editor.removeEventListener("keydown", inEditor);
    editor.removeEventListener("blur", lost);
    removeEventListener("keydown", onPage);
  };
}
