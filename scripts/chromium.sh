#!/bin/sh
# Print the path of a Chromium for the browser tests: a system one, else Playwright's, else Debian's package.
set -eu
cd "$(dirname "$0")/.."

works() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

found() { if works "$1"; then echo "$1"; exit 0; fi; }

system() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        found "$(command -v "$name" || true)"
    done
    found "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
}

playwrights() {
    found "$(.venv/bin/python -c 'from playwright.sync_api import sync_playwright as p
with p() as running: print(running.chromium.executable_path)' 2>/dev/null || true)"
}

if [ -n "${CHROMIUM:-}" ]; then
    found "$CHROMIUM"
    echo "octaspace: Correct CHROMIUM: $CHROMIUM does not start." >&2
    exit 1
fi

system
playwrights
echo "Installing Chromium for the browser tests ..." >&2
timeout 300 .venv/bin/python -m playwright install chromium >&2 || true
playwrights

if command -v apt-get >/dev/null; then
    if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
    { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium; } >&2 || true
    system
fi

echo "octaspace: Install Chromium or Chrome, or name one, as in \`make test CHROMIUM=/path/to/chrome\`: the browser tests need it." >&2
exit 1
