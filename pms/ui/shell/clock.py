"""The wall clock of the property, ticking in the browser."""

from __future__ import annotations

from typing import Any

import reflex as rx


class _Clock(rx.el.Time):
    """Prints "Sun 22 Nov, 14:06" of a timezone, in the reader's language; kept by the browser, so it costs no message."""

    timezone: rx.Var[str]
    locale: rx.Var[str]

    def _exclude_props(self) -> list[str]:
        return ["timezone", "locale"]

    def add_imports(self) -> dict[str, Any]:
        """React's effect hook."""
        return {"react": ["useEffect"]}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        """Write the time now, and again every few seconds."""
        effect = f"""useEffect(() => {{
          const say = () => {{
            const place = document.getElementById("clock");
            const zone = {self.timezone!s}, locale = {self.locale!s};
            const day = {{ weekday: "short", day: "numeric", month: "short" }}, hour = {{ hour: "2-digit", minute: "2-digit" }};
            const written = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {{ timeZone: zone, ...day, ...hour }});
            if (place) place.textContent = written.format(new Date());
          }};
          say();
          const every = setInterval(say, 5000);
          return () => clearInterval(every);
        }}, [{self.timezone!s}, {self.locale!s}]);"""
        return [
            rx.Var(
                effect,
                _var_data=rx.vars.VarData.merge(self.timezone._get_all_var_data(), self.locale._get_all_var_data()),
            )
        ]


def clock(timezone: Any, locale: Any) -> rx.Component:
    """The time at the property; once per page."""
    return _Clock.create(id="clock", class_name="num", timezone=timezone, locale=locale)
