const known = new WeakMap();

/** Measures of the chart in pixels, from the custom properties that place everything; read once until something changes. */
export function measure(box) {
  if (!known.has(box)) known.set(box, read(box));
  return known.get(box);
}

/** Read again: the width, the zoom or the height of rows changed. Classes say how tight it is. */
export function remeasure(box) {
  known.delete(box);
  const { day } = measure(box);
  for (const [name, holds] of [["days-m", day < 44], ["days-s", day < 27], ["tight1", day < 44], ["tight2", day < 22]]) box.classList.toggle(name, holds);
  return measure(box);
}

function read(box) {
  const canvas = box.querySelector(".canvas"), style = getComputedStyle(canvas);
  const px = (name) => parseFloat(style.getPropertyValue(name)) || 0;
  return { canvas, day: px("--day") || 1, row: px("--row-h") || 34, unit: px("--unit-w"), head: px("--head-h") };
}
