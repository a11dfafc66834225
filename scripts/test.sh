#!/bin/sh
# What `make test` runs, once the virtual environment is ready. Every step runs; the first failure decides the exit code.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
result=0

step() {
    echo "== $*"
    "$@"
    code=$?
    if [ $code -ne 0 ]; then
        echo "== failed ($code): $*"
        if [ $result -eq 0 ]; then result=$code; fi
    fi
}

CHROMIUM=$(sh scripts/chromium.sh) || exit 1
export CHROMIUM
echo "Using $CHROMIUM"

step ruff check .
step mypy
step lint-imports
# Once, before the test workers start: they all serve the same build.
step env -u DATABASE_URL -u REDIS_URL python -m pms build
step python -m pytest -n "${TEST_WORKERS:-auto}" --dist loadgroup ${TEST_ARGS:-}
exit $result
