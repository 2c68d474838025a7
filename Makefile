PYTHON ?= python3
UI ?= 1
PYTEST_ARGS ?=
BENCH_ARGS ?= --large --results benchmarks/RESULTS.md
GROWTH_ARGS ?= --all --results benchmarks/GROWTH.md

# dg warns unless the project's environment is the active one.
export VIRTUAL_ENV := $(CURDIR)/.venv

# Where it is set, each of the many processes of the tests compiles all modules again.
unexport PYTHONDONTWRITEBYTECODE

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help .venv demo dev test test-fast check docs bench growth clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / {printf "  make %-9s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv: .venv/installed ## create the environment, and again when its requirements change

# A file inside, written last: an installation that was interrupted starts over.
.venv/installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON) here: install Python 3.10 or newer, or name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "Python 3.10 or newer is needed and $(PYTHON) is older; name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot create environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	@echo "Creating .venv and installing (a minute or two) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(PYTHON) scripts/install.py .venv/bin/pip install -c constraints.txt -e '.[dev]'
	@touch $@

demo: .venv ## load the last 7 days of a sample of every API, then show them in the UI (UI=0: only load)
	@.venv/bin/analytics-ingest demo $(if $(filter 0,$(UI)),--no-ui)

# Dagster keeps its history in this folder and reads its dagster.yaml, unless the user has a home.
dev check: export DAGSTER_HOME ?= $(CURDIR)

dev: .venv ## start Dagster: the UI, the schedules and the sensors
	@.venv/bin/dg dev

test: .venv ## run the tests (PYTEST_ARGS='-k window -x')
	@.venv/bin/pytest $(PYTEST_ARGS)

test-fast: .venv ## run the tests that start no process and load nothing, and of each table four cases
	@.venv/bin/pytest -m 'not slow' --most-cases=4 $(PYTEST_ARGS)

check: .venv ## lint, format, types, declarations and definitions
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/pyright --project pyproject.toml --pythonpath .venv/bin/python
	.venv/bin/analytics-ingest check
	.venv/bin/dg check defs
	.venv/bin/dagster definitions validate

docs: .venv ## build the documentation into site/, with its links checked
	@.venv/bin/mkdocs build --strict

bench: .venv growth ## measure growth, then against dlt and others
	@.venv/bin/python -m benchmarks $(BENCH_ARGS)
	@.venv/bin/python -m benchmarks.launched

growth: .venv ## measure how time and memory grow (GROWTH_ARGS='--axes rows --destinations duckdb')
	@.venv/bin/python -m benchmarks.growth $(GROWTH_ARGS)

clean: ## remove the environment and caches; data and Dagster's history stay
	rm -rf .venv dist site .hypothesis .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
