// Mouse, pen and finger on the chart: drag a bar, drag its edge, drag over empty cells; a ghost shows where it lands.
import { measure } from "./measure.js";

const EDGE = 7, STILL = 4, HOLD = 380;

/** Hear pointers on the chart. `now.current` holds the latest props; returns how to stop. */
export function hands(element, now) {
  let grip = null, frame = 0, held = 0;

  const cell = (event) => {
    const m = measure(element), area = element.getBoundingClientRect();
    const x = event.clientX - area.left + element.scrollLeft - m.unit, y = event.clientY - area.top + element.scrollTop - m.head;
    return { day: now.current.origin + x / m.day, row: Math.floor(y / m.row), m };
  };
  const lineAt = (index) => element.querySelector(`.line[data-i="${index}"]`);

  const grab = (event) => {
    if (event.button || grip || event.target.closest(".unit,.heads,button")) return;
    const bar = event.target.closest(".bar-of"), at = cell(event);
    if (event.target.closest(".line") === null) return;
    const begin = () => { grip = { bar, at, x: event.clientX, y: event.clientY, id: event.pointerId, part: partOf(bar, event), going: false, last: event }; };
    if (event.pointerType === "touch") {  // a finger scrolls; held still, it takes hold
      clearTimeout(held);
      held = setTimeout(() => { begin(); start(); navigator.vibrate?.(10); }, HOLD);
    } else begin();
  };
  const partOf = (bar, event) => {
    if (!bar) return "book";
    if (!/[tci]/.test(bar.className.split(" ")[1])) return "none";
    const box = bar.getBoundingClientRect(), marks = bar.classList;
    if (box.width > 3 * EDGE && event.clientX - box.left < EDGE && !marks.contains("l") && !marks.contains("i")) return "start";
    if (box.width > 3 * EDGE && box.right - event.clientX < EDGE && !marks.contains("r")) return "end";
    return "move";
  };
  const hover = (event) => {  // what a bar says in full, and a cursor where it can be drawn longer
    const bar = event.target.closest(".bar-of");
    if (bar && !bar.title) bar.title = bar.ariaLabel;
    element.classList.toggle("edge", !!bar && ["start", "end"].includes(partOf(bar, event)));
  };
  const start = () => {
    grip.going = true;
    element.classList.add("dragging", "drag-" + grip.part);
    if (grip.bar) { grip.bar.classList.add("lifted"); grip.first = +grip.bar.dataset.a; grip.nights = +grip.bar.dataset.n; grip.home = +grip.bar.closest(".line").dataset.i; }
    else { grip.first = Math.floor(grip.at.day); grip.home = grip.at.row; }
    try { element.setPointerCapture(grip.id); } catch { /* the pointer is gone already */ }
  };

  const drag = (event) => {
    if (held && event.pointerType === "touch" && !grip) { if (Math.hypot(event.movementX, event.movementY) > STILL) { clearTimeout(held); held = 0; } return; }
    if (!grip) return hover(event);
    if (!grip.going) {
      if (Math.hypot(event.clientX - grip.x, event.clientY - grip.y) < STILL) return;
      if (grip.part === "none" || (grip.part === "book" && !bookable(lineAt(grip.at.row)))) { grip = null; return; }
      start();
    }
    event.preventDefault();
    grip.last = event;
    if (!frame) frame = requestAnimationFrame(follow);
  };
  const bookable = (line) => line && (line.classList.contains("u") || line.classList.contains("l"));

  const follow = () => {
    frame = 0;
    if (!grip?.going) return;
    const at = cell(grip.last), land = landing(grip, at), line = lineAt(land.row);
    if (!line || !bookable(line)) return;
    const changed = !grip.land || Object.keys(land).some((name) => land[name] !== grip.land[name]);
    if (changed) {
      grip.land = { ...land, line: line.dataset.row };
      ghost(element, land, grip.bar);
      now.current.onHover(grip.bar?.dataset.key ?? "", grip.part, line.dataset.row, land.first, land.nights);
    }
    push(at.m);
  };
  const push = (m) => {  // near an edge the chart moves on by itself
    const area = element.getBoundingClientRect(), { clientX: x, clientY: y } = grip.last;
    const dx = x > area.right - 30 ? 14 : x < area.left + m.unit + 20 ? -14 : 0, dy = y > area.bottom - 26 ? 10 : y < area.top + m.head + 16 ? -10 : 0;
    if (dx || dy) { element.scrollBy(dx, dy); if (!frame) frame = requestAnimationFrame(follow); }
  };

  const drop = (event) => {
    clearTimeout(held); held = 0;
    const done = grip;
    grip = null;
    if (!done) return;
    if (!done.going) { if (done.bar && event.type === "pointerup") now.current.onOpen(done.bar.dataset.key, done.bar.classList.contains("b") || done.bar.classList.contains("s") ? "block" : "stay"); return; }
    settle(element, done.bar);
    if (event.type !== "pointerup" || !done.land) return ghost(element, null);
    const { first, nights, line, row } = done.land;
    if (!done.bar) { ghost(element, null); return now.current.onBook(line, first, first + nights); }
    if (first === done.first && nights === done.nights && row === done.home) return ghost(element, null);
    const delta = done.part === "end" ? nights - done.nights : first - done.first;
    element.classList.add("waiting");
    now.current.onDrop(done.bar.dataset.key, +done.bar.dataset.v, done.part, line, done.first, delta);
    setTimeout(() => { if (element.classList.contains("waiting")) answered(element); }, 4000);
  };
  const cancel = (event) => {
    if (event.key !== "Escape" || !grip?.going) return;
    event.stopPropagation(); event.preventDefault();
    settle(element, grip.bar); ghost(element, null); grip = null;
  };
  const twice = (event) => {
    const line = event.target.closest(".line");
    if (!bookable(line) || event.target.closest(".bar-of,.unit")) return;
    const day = Math.floor(cell(event).day);
    now.current.onBook(line.dataset.row, day, day + 1);
  };
  const rate = (event) => {  // a price, or what is lacking: the mouse, or Enter on it
    const cell = event.target.closest(".rate-day"), lack = event.target.closest(".lack");
    if (lack) now.current.onLack(lack.closest(".line").dataset.row, +lack.dataset.a);
    else if (cell) now.current.onRate(cell.closest(".line").dataset.row, +cell.dataset.a);
  };
  const noTouch = (event) => { if (grip?.going) event.preventDefault(); };

  const heard = [["pointerdown", grab], ["pointermove", drag], ["pointerup", drop], ["pointercancel", drop], ["dblclick", twice], ["click", rate]];
  for (const [name, what] of heard) element.addEventListener(name, what);
  element.addEventListener("touchmove", noTouch, { passive: false });
  addEventListener("keydown", cancel, true);
  return () => {
    for (const [name, what] of heard) element.removeEventListener(name, what);
    element.removeEventListener("touchmove", noTouch);
    removeEventListener("keydown", cancel, true);
    cancelAnimationFrame(frame); clearTimeout(held);
  };
}

/** Where what is held would land: row, first day, nights. */
function landing(grip, at) {
  const shift = Math.round(at.day - grip.at.day);
  if (grip.part === "start") { const by = Math.min(shift, grip.nights - 1); return { row: grip.home, first: grip.first + by, nights: grip.nights - by }; }
  if (grip.part === "end") return { row: grip.home, first: grip.first, nights: Math.max(1, grip.nights + shift) };
  if (grip.part === "move") return { row: at.row, first: grip.first + shift, nights: grip.nights };
  const end = Math.max(grip.first + 1, Math.round(at.day - 0.5) + (at.day < grip.first ? 1 : 0));
  return at.day < grip.first ? { row: grip.home, first: Math.floor(at.day), nights: grip.first + 1 - Math.floor(at.day) } : { row: grip.home, first: grip.first, nights: end - grip.first };
}

/** Draw the ghost at a landing, or hide it. */
export function ghost(element, land, bar) {
  const drawn = element.querySelector(".ghost");
  if (!drawn) return;
  drawn.hidden = !land;
  drawn.classList.remove("good", "bad");
  if (!land) return;
  drawn.style.setProperty("--a", land.first);
  drawn.style.setProperty("--n", Math.max(0.5, land.nights));
  drawn.style.setProperty("--i", land.row);
  drawn.querySelector("b").textContent = bar ? bar.querySelector(".who-stays")?.textContent ?? "" : "";
  drawn.querySelector("span").textContent = element.dataset.nights.replace("#", land.nights);
}

function settle(element, bar) {
  element.classList.remove("dragging", "drag-move", "drag-start", "drag-end", "drag-book");
  bar?.classList.remove("lifted");
}

/** The server has answered a drop: the ghost goes, the bars tell the rest. */
export function answered(element) {
  element.classList.remove("waiting");
  ghost(element, null);
}
