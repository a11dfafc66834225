// Rectangles to and from a spreadsheet: lines of texts with tabs between them.
import { give, isLayer, saving, textOf, priceOf } from "./selection.js";

const LETTERS_MOST = 40, LINES_MOST = 2000;  // as in edits.py, which refuses the rest
const LAYER = "application/x-octaspace-layer";  // what was copied here is pasted as what it is

/** Hear copy and paste on the grid; returns how to stop. */
export function clipboard(element, now, chosen, reachable) {
  const copy = (event) => {
    const found = event.target.matches?.("input,select") ? null : reachable();
    if (!found) return;
    const what = now.current.layer;
    event.clipboardData.setData("text/plain", found.map((row) => row.map((cell) => textOf(cell, what)).join("\t")).join("\n"));
    event.clipboardData.setData(LAYER, what);
    event.preventDefault();
  };

  /** The rows of plans from one on, as many as wanted or as there are. */
  const rowsFrom = (top, wanted) => {
    const found = [];
    for (let row = top; found.length < wanted && chosen.line(row); row++) if (chosen.plan(chosen.line(row))) found.push(row);
    return found;
  };
  const paste = (event) => {
    if (event.target.matches?.("input,select") || !now.current.editable || !reachable()) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    if (!text) return;
    const given = text.split("\n").map((row) => row.split("\t")), wide = Math.max(...given.map((row) => row.length));
    const [top, , left, right] = chosen.rectangle(), single = given.length === 1 && wide === 1;
    const rows = rowsFrom(top, single ? chosen.lines().length : given.length);
    const until = single ? right : left + wide - 1;
    if (until > chosen.edges()[1] || given.length > LINES_MOST) return now.current.onWish("too_large", "");
    if (given.flat().some((one) => one.trim().length > LETTERS_MOST)) return now.current.onWish("too_long", "");
    const pairs = chosen.lines([rows[0], rows.at(-1), left, until]).flatMap((row, n) => row.map((cell, m) => [cell, (single ? text : given[n][m] ?? "").trim()])).filter(([, one]) => one);
    if (!pairs.length && rows.length >= given.length) return;
    chosen.choose({ row: rows[0], day: left });
    const all = rows.length >= given.length;
    chosen.choose({ row: rows.at(-1), day: until }, true, all);
    const copied = event.clipboardData.getData(LAYER), what = isLayer(copied) ? copied : now.current.layer;
    const cells = pairs.map(([cell]) => cell), texts = pairs.map(([, one]) => one);
    if (all) return give(what, cells, texts, chosen, now);
    saving(cells, what === "price" ? texts : cells.map(priceOf));  // further down than is loaded: the server knows the rows
    now.current.onPaste(what, chosen.line(rows[0]).dataset.row, left, given.map((row) => row.map((one) => one.trim())), chosen.named(cells));
  };

  element.addEventListener("copy", copy);
  element.addEventListener("paste", paste);
  return () => {
    element.removeEventListener("copy", copy);
    element.removeEventListener("paste", paste);
  };
}
