# One command each; every target makes its own .venv first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test check backtest removals crashes dashboards pictures lint types imports format docs man wheel deb clean
.DEFAULT_GOAL := test

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("aibwatch needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; run: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/.installed       ## the whole story on this terminal, against the built-in stand-in for Azure
	$(BIN)/aibwatch demo $(DEMO)

test: $(VENV)/.installed       ## all tests
	$(BIN)/python -m pytest $(TESTS)

check: lint types imports test ## everything CI runs except the slow real-server tests

# Labelled worlds that are no part of this project are played as well where they are at hand.
WORLDS   ?= $(wildcard $(or $(AIBWATCH_SHARED),../shared)/scenarios/*.json)
VARIANTS ?= 40
RANDOM_WORLDS ?= 100
backtest: $(VENV)/.installed   ## many variants of every labelled world; minutes. Fails if 0.5 % are wrong or one is unsafe
	$(BIN)/aibwatch --config /dev/null backtest --variants $(VARIANTS)
	$(if $(WORLDS),$(BIN)/aibwatch --config /dev/null backtest --variants $(VARIANTS) $(WORLDS))
	AIBWATCH_THOROUGH=1 AIBWATCH_RANDOM_WORLDS=$(RANDOM_WORLDS) $(BIN)/python -m pytest -q tests/backtest

removals: $(VENV)/.installed   ## take every rule of the core away, one at a time, and tell which test notices
	$(BIN)/python -m tests.removals $(REMOVALS)

crashes: $(VENV)/.installed    ## kill the daemon at every boundary of a move, spoil its files, fill its disk; 3 minutes
	AIBWATCH_THOROUGH=1 $(BIN)/python -m pytest -q tests/situations/test_power_cuts.py
	$(BIN)/python -m tests.story $(CRASHES)

dashboards: $(VENV)/.installed ## write Grafana's dashboards anew
	$(BIN)/python deploy/grafana/source

pictures: dashboards           ## draw them from the answers of a real Prometheus; needs prometheus
	$(BIN)/python -m tests.real.grafana

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

imports: $(VENV)/.installed
	$(BIN)/lint-imports

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs man: $(VENV)/.installed   ## write the man pages, the configuration reference and the completions again
	$(BIN)/python -m manual

wheel: $(VENV)/.installed      ## the wheel and the source archive, in dist/; without network
	$(BIN)/python -m hatchling build

deb: $(VENV)/.installed        ## the Debian package, in dist/; for the python3 of this machine, dependencies from pip's index
	deploy/debian/build $(BIN)/python dist

clean:
	rm -rf dist $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
