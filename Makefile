# Octaspace: `make run` starts everything, `make test` proves it. Works with Python 3.11 or 3.12 and nothing else of ours.
.DEFAULT_GOAL := help
.PHONY: help run test bench sample fmt lint check words clean
.NOTPARALLEL:

BIN := .venv/bin

help: ## Show what can be made.
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start Octaspace on http://localhost:8000 (Ctrl-C stops it).
	@sh scripts/venv.sh
	@$(BIN)/python -m pms run

test: ## Install what tests need, then lint, check types and layers, and run the whole suite.
	@sh scripts/venv.sh tests
	@sh scripts/test.sh

bench: ## Measure speed; prints a table and writes var/bench.json.
	@sh scripts/venv.sh tests
	@$(BIN)/python -m tests.bench $(ARGS)

sample: ## Fill an empty database with a made-up property, or with FILE=bookings.csv.
	@sh scripts/venv.sh
	@$(BIN)/python -m pms sample $(if $(FILE),--file "$(FILE)")

fmt: ## Format the code and sort its imports.
	@sh scripts/venv.sh tests
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

lint: ## Lint, check types and layers, without running tests.
	@sh scripts/venv.sh tests
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: ## Say what keeps Octaspace from starting here.
	@sh scripts/venv.sh
	@$(BIN)/python -m pms check

words: ## Collect new sentences into pms/locale, and print those not yet translated.
	@sh scripts/venv.sh
	@$(BIN)/python -m pms.kernel.catalogs -v

clean: ## Remove the virtual environment and the built front end; data in var/ stays.
	@rm -rf .venv .web .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
