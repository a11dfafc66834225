#!/bin/sh
# Make .venv with the pinned requirements, or find it made. `scripts/venv.sh tests` adds what tests need.
set -eu
cd "$(dirname "$0")/.."

say() { echo "octaspace: $*" >&2; }

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.12 python3.11 python; do
        if fits "$candidate"; then echo "$candidate"; return; fi
        if [ "$candidate" = "${PYTHON:-}" ]; then break; fi
    done
}

if ! { [ -x .venv/bin/python ] && fits .venv/bin/python; }; then
    python=$(find_python)
    if [ -z "$python" ]; then
        say "Install Python 3.11 or 3.12 and name it, as in \`make run PYTHON=/path/to/python3.12\`: none was found here."
        exit 1
    fi
    rm -rf .venv
    if ! reason=$("$python" -m venv .venv 2>&1); then
        rm -rf .venv
        say "Install the venv module of $python (on Debian and Ubuntu: apt-get install python3-venv) and try again: $(echo "$reason" | grep . | tail -n 1)"
        exit 1
    fi
fi

files=requirements.txt
if [ "${1:-}" = tests ]; then files="requirements.txt tests/requirements.txt"; fi

for file in $files; do
    stamp=".venv/installed-$(echo "$file" | tr '/' '-')"
    wanted=$(cksum < "$file")
    if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
        echo "Installing $file into .venv ..."
        if ! .venv/bin/python -m pip install -qq --disable-pip-version-check --requirement "$file"; then
            say "Read pip's message above and try again: $file could not be installed (is the package index reachable?)."
            exit 1
        fi
        echo "$wanted" > "$stamp"
    fi
done
