// Prices and restrictions on the wire, taken apart: for the rates grid, and for the calendar's rates mode.
const taken = new Map();

/** What `read` makes of a text; the same text gives the same object, so that React sees no change. */
export function once(kind, text, read) {
  const key = kind + text;
  if (taken.size > 3000) taken.clear();
  if (!taken.has(key)) taken.set(key, read(text));
  return taken.get(key);
}

/** A row's cells as the server wrote them: [price, looks, [[mark, number]...], version, the price up to its decimals, those, marks]. */
export function cells(text) {
  return once("c", text, (all) => (all ? all.split(";").map((one) => once("1", one, cell)) : []));
}

function cell(text) {
  const [price, looks = "", marks = "", version = "0"] = text.split("!");
  const named = marks ? marks.split(",").map((mark) => [mark[0], mark.slice(1)]) : [];
  const cents = price.match(/[.,]\d+$/)?.[0] ?? "";
  return [price, looks, named, +version, price.slice(0, price.length - cents.length), cents, marks];
}
