// Marks the document while the live socket is gone, so that the style sheet can say so within five seconds:
// the socket closed and did not come back, nothing was heard for too long (the server pings every two), or the browser is offline.
(() => {
  const Native = window.WebSocket, root = document.documentElement, silence = 4800, grace = 900;
  let open = 0, heard = Date.now(), closed = 0, ever = false;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener("open", () => { open++; ever = true; heard = Date.now(); judge(); });
      this.addEventListener("message", () => { heard = Date.now(); });
      this.addEventListener("close", () => { if (this.__was) open--; closed = Date.now(); setTimeout(judge, grace); });
      this.addEventListener("open", () => { this.__was = true; });
    }
  };
  const lost = () => ever && !document.hidden && (navigator.onLine === false || (open < 1 && Date.now() - closed >= grace) || (open > 0 && Date.now() - heard > silence));
  const judge = () => { const now = lost() ? "lost" : "on"; if (root.dataset.live !== now) root.dataset.live = now; };
  setInterval(judge, 500);
  for (const name of ["online", "offline"]) addEventListener(name, judge);
  document.addEventListener("visibilitychange", () => { heard = Date.now(); closed = Date.now(); });
})();
