// What a screen shows, kept in the address, so that a reload, a new socket and "back" come back to it.
import { useEffect, useRef } from "react";

/** Keep `address` (name -> value, empty: not named). What is drawn first may be of before: a link that names anything here is
 *  left as it is until the server has read it, which shows as a change. */
export function useAddress(address) {
  const text = JSON.stringify(address), first = useRef(text);
  useEffect(() => {
    if (text === first.current && names(address)) return;
    first.current = null;
    write(address);
  }, [text]);
}

/** Write these into the address, and leave the rest of it. */
export function write(address) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(address)) value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

function names(address) {
  const asked = new URL(location.href).searchParams;
  return Object.keys(address).some((name) => asked.has(name));
}
