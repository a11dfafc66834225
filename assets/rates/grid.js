// The grid's container in the browser: reports what is in sight, takes rows apart, lets go of what was being saved.
import { createElement, useEffect, useLayoutEffect, useRef } from "react";
import { useAddress } from "../address.js";
import { cells, once } from "./cells.js";
import { selection } from "./selection.js";
import { hands } from "./hands.js";
import { keys } from "./keys.js";

export { cells };

/** What rarely changes about a row: [key, kind, name, below, room type]. */
export function head(text) {
  return once("h", text, (one) => JSON.parse(one || '["","","","",""]'));
}

export function Grid({ children, goto, rows, answer, address, editable, overselling, narrow, layer, zone, label, ...does }) {
  const box = useRef(null), now = useRef({}), chosen = useRef(null);
  now.current = { editable, overselling, narrow, layer, ...does };

  useLayoutEffect(() => { box.current.scrollTop = 0; }, [goto]);

  useEffect(() => {
    const element = box.current;
    let timer = 0, last = "";
    const report = () => {
      timer = 0;
      const seen = [Math.round(element.scrollTop), Math.max(1, element.clientHeight)];
      if (seen.join() === last) return;
      last = seen.join();
      now.current.onLook(...seen);
    };
    const soon = () => { if (!timer) timer = setTimeout(report, 60); };
    const resized = new ResizeObserver(() => { soon(); chosen.current?.draw(); });
    element.addEventListener("scroll", soon, { passive: true });
    resized.observe(element);
    soon();
    return () => { element.removeEventListener("scroll", soon); resized.disconnect(); clearTimeout(timer); };
  }, []);

  useEffect(() => {
    const mine = selection(box.current, now);
    chosen.current = mine;
    const stop = [mine.stop, hands(box.current, now, mine), keys(box.current, now, mine)];
    return () => stop.forEach((one) => one());
  }, []);

  useLayoutEffect(() => {
    letGo(box.current);
    if (document.querySelector(".why")) now.current.onWish("hush", "");  // what it says may hold no longer
  }, [answer[0]]);
  useAddress(address);

  useEffect(() => {  // midnight at the property: past and present move
    const day = () => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
    let told = day();
    const timer = setInterval(() => { if (day() !== told) { told = day(); now.current.onWish("fresh", ""); } }, 30000);
    return () => clearInterval(timer);
  }, [zone]);

  const named = `rate-grid${editable ? "" : " read-only"}${overselling ? " overselling" : ""}${narrow ? " one-day" : ""}`;
  return createElement("div", { ref: box, id: "rate-grid", className: named, role: "grid", tabIndex: 0, "aria-label": label, "aria-rowcount": rows + 1, "aria-multiselectable": true, "aria-readonly": !editable }, children);
}

/** Nothing is being saved any more. */
function letGo(element) {
  for (const cell of element.querySelectorAll("[data-saving]")) delete cell.dataset.saving;
}
