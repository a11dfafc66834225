/** Measures of the chart in pixels, from the custom properties that place everything. */
export function measure(box) {
  const canvas = box.querySelector(".canvas"), style = getComputedStyle(canvas);
  const px = (name) => parseFloat(style.getPropertyValue(name)) || 0;
  return { canvas, day: px("--day") || 1, row: px("--row-h") || 34, unit: px("--unit-w"), head: px("--head-h") };
}
