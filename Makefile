# Everything that a person does with the project; each target says what it is for.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9

.PHONY: run test test-full install dev lint bench chaos migration lock browser

run: install  ## start everything with an invented programme; Ctrl-C stops it
	@exec $(BIN)/langkah up --demo

install: .venv/.installed  ## the environment that running needs

dev: .venv/.installed-dev  ## the environment that tests need

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Langkah needs Python 3.11 or newer; set PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.uv: .venv/bin/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.installed: .venv/.uv requirements.lock pyproject.toml
	@$(BIN)/python -m uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/python -m uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	@$(BIN)/python -m uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

browser: dev  ## Chromium from the system's packages, for the browser tests
	@sh tests/install_chromium.sh

lint: dev  ## style, types, import rules
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

test: lint browser  ## everything that must hold: two files at a time, then the trial in which processes are killed
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/unit tests/integration tests/scenarios tests/e2e
	@exec $(BIN)/python -m pytest tests/chaos

test-full: test  ## the same; longer examples of the property tests
	@HYPOTHESIS_PROFILE=full exec $(BIN)/python -m pytest tests/unit

bench: dev  ## speed, as ratios measured in one run
	@exec $(BIN)/langkah bench

chaos: dev  ## people work while everything is killed: make chaos SECONDS=600 SEED=7 (a failing trial says its seed)
	@exec $(BIN)/python -m tests.chaos --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

migration: dev  ## draft a migration from the tables: make migration MESSAGE="what changes"
	@$(BIN)/python -m models.migrations.draft "$(MESSAGE)"

lock: dev  ## pin the dependencies anew
	@$(BIN)/python -m uv pip compile -q pyproject.toml --universal --generate-hashes --no-emit-index-url --python-version 3.11 --no-header -o requirements.lock
	@$(BIN)/python -m uv pip compile -q pyproject.toml --group pyproject.toml:dev --universal --generate-hashes --no-emit-index-url --python-version 3.11 --no-header -o requirements-dev.lock
