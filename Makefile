# `make report` and `make test` need python3 (3.11+) and make, and set up the rest in .venv.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
BUNDLE := reports/theme/node_modules/.installed
DEMO := data/demo
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: report test check lint ui bench setup clean

report: setup
	petitions simulate --home $(DEMO)
	petitions run --home $(DEMO)

test: setup check
	pytest -n 2 -m "not slow"

check: setup lint
	petitions check

lint: setup
	ruff check .
	ruff format --check .
	sqlfmt --check --quiet --line-length 100 pipelines/model pipelines/indicators
	lint-imports
	pyright

ui: setup
	petitions ui --home $(DEMO)

bench: setup
	python -m benchmarks.run

setup: $(STAMP) $(BUNDLE)

# The lock names every package with its hash; uv itself is one of them. Byte code is compiled once
# here, or every start of a command would compile it again.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

# Plotly's basic bundle is a quarter of the one in the wheel. Without npm the wheel's file serves.
$(BUNDLE): reports/theme/package.json
	mkdir -p $(dir $@)
	if command -v npm > /dev/null; then cd reports/theme && (npm ci --silent --ignore-scripts || echo "npm could not fetch the small Plotly bundle; the larger one is used"); else echo "no npm: the larger Plotly bundle is used"; fi
	mkdir -p $(dir $@) && touch $@

clean:
	rm -rf .venv reports/theme/node_modules
