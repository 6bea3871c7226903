# One recipe each: hands, hooks and the CI call the same ones.
SHELL := /bin/bash
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help venv peers run test lint bench soak

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

venv: ## build .venv from constraints.txt (again only when the pins or pyproject.toml change)
	@scripts/venv.sh

run: venv ## a demonstration carrier: pages, live calls, an attack in each company
	@$(BIN)/sekisho demo

peers: ## install the real programs that tests talk to (SIPp, Chromium, PostgreSQL)
	@scripts/peers.sh

test: lint peers ## everything that must hold before a commit: lint, then the tests (not the soak)
	$(BIN)/pytest -m "not soak"

lint: venv ## style, types and walls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: venv ## figures of the pipeline beside bare parsing, as JSON
	@$(BIN)/sekisho bench pipeline --json

soak: venv peers ## the slow tests: all thirty crash points and the long runs
	$(BIN)/pytest -m soak
