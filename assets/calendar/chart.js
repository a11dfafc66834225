// The calendar's container in the browser: keeps the place, and reports what is in sight.
import { createElement, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useAddress, write } from "../address.js";
import { answered, hands } from "./hands.js";
import { keys } from "./keys.js";
import { measure, remeasure } from "./measure.js";

const formats = new Map();
const STYLES = {
  weekday: { weekday: "short" }, day: { day: "numeric" }, month: { month: "short" },
  date: { day: "numeric", month: "short" }, full: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
};

const taken = new Map();

/** A row or the head of a day, as the server wrote it; the same text is the same object. */
export function sent(text) {
  if (taken.size > 800) taken.clear();
  if (!taken.has(text)) taken.set(text, JSON.parse(text || "[]"));
  return taken.get(text);
}

/** A day number (days since 1970) in words. "month" says something on the first of a month only. */
export function dayText(number, locale, style) {
  const when = new Date(number * 864e5);
  if (style === "day") return String(when.getUTCDate());
  if (style === "month" && when.getUTCDate() !== 1) return "";
  const key = locale + style, long = locale === "lt" && (style === "month" || style === "date");  // Lithuanian short months are numbers
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, { timeZone: "UTC", ...STYLES[style], ...(long && { month: "long" }) }));
  const text = formats.get(key).format(when);
  return long && style === "month" ? text.slice(0, 4) : text;
}

export function Chart({ children, origin, first, days, total, zoom, compact, letters, goto, zone, address, label, nights, marks, hint, answer, onLook, ...does }) {
  const box = useRef(null), told = useRef(0), now = useRef({}), place = useRef({ day: null, row: 0 }), reported = useRef("");
  const [measured, setMeasured] = useState(false);
  now.current = { origin, onLook, ...does };

  useLayoutEffect(() => {  // the server asks for a place
    const m = remeasure(box.current);
    place.current.day = goto[1];
    box.current.scrollLeft = (goto[1] - origin) * m.day;
    if (goto[2] >= 0) {
      const top = goto[2] * m.row, room = box.current.clientHeight - m.head;
      if (goto[2] === 0 || top < box.current.scrollTop || top + m.row > box.current.scrollTop + room) box.current.scrollTop = Math.max(0, top - room / 3);
    }
    reported.current = "";  // it may have sent less than there is room for
    box.current.dispatchEvent(new Event("scroll"));
  }, [goto[0], origin]);

  useLayoutEffect(() => {  // other widths, same day at the left edge
    const m = remeasure(box.current);
    if (place.current.day !== null) box.current.scrollLeft = (place.current.day - origin) * m.day;
    box.current.scrollTop = place.current.row * m.row;
  }, [zoom, compact, letters]);

  useLayoutEffect(() => setMeasured(true), []);  // bars come once the empty chart is measured: measuring among them styles each one twice

  useEffect(() => {
    const element = box.current;
    let timer = 0, written = 0, pace = 300;  // what came first is to be painted before there is more
    const report = () => {
      timer = 0;
      pace = 70;
      uncover(element, place.current.day);
      const m = measure(element), { origin, onLook } = now.current;
      const seen = [
        origin + Math.max(0, Math.floor(element.scrollLeft / m.day)), Math.ceil((element.clientWidth - m.unit) / m.day),
        Math.floor(element.scrollTop / m.row), Math.ceil((element.clientHeight - m.head) / m.row),
      ];
      if (seen.join() === reported.current) return;
      reported.current = seen.join();
      onLook(...seen);
      clearTimeout(written);
      written = setTimeout(() => write({ date: new Date(seen[0] * 864e5).toISOString().slice(0, 10) }), 300);
    };
    const moved = () => {
      const m = measure(element);
      place.current = { day: now.current.origin + element.scrollLeft / m.day, row: element.scrollTop / m.row };
      if (!timer) timer = setTimeout(report, pace);
    };
    const redrawn = new MutationObserver(() => uncover(element, place.current.day));  // before the frame that shows them
    redrawn.observe(element.querySelector(".canvas"), { childList: true, subtree: true });
    const resized = new ResizeObserver(() => {
      const m = remeasure(element);
      if (place.current.day !== null) element.scrollLeft = (place.current.day - now.current.origin) * m.day;
      if (!timer) timer = setTimeout(report, pace);
    });
    element.addEventListener("scroll", moved, { passive: true });
    resized.observe(element);
    return () => { element.removeEventListener("scroll", moved); resized.disconnect(); redrawn.disconnect(); clearTimeout(timer); clearTimeout(written); };
  }, []);

  useEffect(() => {
    const stop = [hands(box.current, now), keys(box.current, now)];
    return () => stop.forEach((one) => one());
  }, []);

  useEffect(() => {  // the server knows whether it would fit
    const drawn = box.current.querySelector(".ghost");
    if (!drawn) return;
    drawn.classList.toggle("good", hint[0] === "good");
    drawn.classList.toggle("bad", hint[0] === "bad");
    drawn.querySelector("i").textContent = hint[1] ?? "";
  }, [hint[0], hint[1], hint[2]]);

  useEffect(() => {
    const timer = setTimeout(() => answered(box.current), answer[1] === "ok" ? 120 : 0);
    return () => clearTimeout(timer);
  }, [answer[0]]);

  useAddress(address);

  useEffect(() => {  // the line of the present moment, in the property's time
    const tick = () => {
      const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23" }).formatToParts(new Date()).map((p) => [p.type, +p.value]));
      const day = Date.UTC(parts.year, parts.month - 1, parts.day) / 864e5 + (parts.hour * 60 + parts.minute) / 1440;
      box.current.style.setProperty("--now", day);
      if (told.current && told.current !== Math.floor(day)) now.current.onWish("fresh");  // midnight has passed at the property
      told.current = Math.floor(day);
    };
    tick();
    const timer = setInterval(tick, 30000);
    return () => clearInterval(timer);
  }, [zone]);

  return createElement("div", { ref: box, id: "chart", className: `chart${compact ? " compact" : ""}${letters ? " rated" : ""}`, role: "grid", tabIndex: 0, "data-origin": origin, "data-nights": nights, "aria-label": label, "aria-rowcount": total },
    createElement("div", { className: "canvas", style: marks }, measured ? children : null));
}

/** Let names of bars that began before the left edge, at `day`, start in sight. Sticky text would do it, at the price of a layer
 *  per bar; asking the browser where it scrolled to, at the price of a layout before every frame. */
function uncover(element, day) {
  const m = measure(element), edge = day - 0.5;
  for (const bar of element.getElementsByClassName("bar-of")) {
    const first = +bar.dataset.a, cut = first < edge && edge < first + +bar.dataset.n ? Math.round((edge - first) * m.day) : 0;
    if (cut !== (bar.cut ?? 0)) { bar.cut = cut; cut ? bar.style.setProperty("--cut", `${cut}px`) : bar.style.removeProperty("--cut"); }
  }
}

/** Says when the window becomes narrow or wide; a swipe across it goes a day on or back. `address` is the day list's. */
export function Width({ children, narrow, address, onTurn, onSwipe }) {
  const now = useRef({});
  now.current = { narrow, onTurn, onSwipe };
  useAddress(address ?? {});  // the grid of rates writes its own
  useEffect(() => {
    const query = matchMedia("(max-width: 699px)");
    const turned = () => { if (query.matches !== now.current.narrow) now.current.onTurn(query.matches); };
    let from = null;
    const down = (event) => { const list = event.target.closest?.(".day-list"); from = list && event.touches.length === 1 ? event.touches[0] : null; };
    const up = (event) => {
      if (!from) return;
      const to = event.changedTouches[0], dx = to.clientX - from.clientX, dy = to.clientY - from.clientY;
      if (Math.abs(dx) > 60 && Math.abs(dx) > 2 * Math.abs(dy)) now.current.onSwipe(dx < 0 ? 1 : -1);
      from = null;
    };
    const timer = setTimeout(turned, 0);
    query.addEventListener("change", turned);
    addEventListener("touchstart", down, { passive: true });
    addEventListener("touchend", up, { passive: true });
    return () => { clearTimeout(timer); query.removeEventListener("change", turned); removeEventListener("touchstart", down); removeEventListener("touchend", up); };
  }, []);
  return children;
}
