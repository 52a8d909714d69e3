# Two commands for a stranger: `make try` and `make test`. The rest serves those who work here.
# Nothing is assumed but Python 3.11 or newer, git and make.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SOURCES := server analyzers tests benchmarks docs/render.py vscode-client/scripts $(wildcard demo/*.py)

.PHONY: try test demo-image screenshots vsix lint types contracts unit fuzz format docs bench accuracy pins clean

try: $(VENV)/.run
	@$(BIN)/python demo/play.py

test: $(VENV)/.dev
	@$(MAKE) --no-print-directory lint types contracts unit

lint: $(VENV)/.dev
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev $(VENV)/.postgres $(VENV)/.editors
	$(BIN)/python -m pytest

# The random tests from another seed than the usual one, and for longer.
fuzz: $(VENV)/.dev
	@seed=$${VETLINE_FUZZ_SEED:-$$($(BIN)/python -c 'import random; print(random.SystemRandom().randrange(1 << 32))')}; \
	operations=$${VETLINE_FUZZ_OPERATIONS:-100000}; \
	echo "VETLINE_FUZZ_SEED=$$seed VETLINE_FUZZ_OPERATIONS=$$operations make fuzz"; \
	VETLINE_FUZZ_SEED=$$seed VETLINE_FUZZ_OPERATIONS=$$operations $(BIN)/python -m pytest -m "fuzz or hypothesis"

format: $(VENV)/.dev
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

docs: $(VENV)/.run
	$(BIN)/python docs/render.py

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/provenance.py
	$(BIN)/python benchmarks/hook.py
	$(BIN)/python benchmarks/secret_search.py
	$(BIN)/python benchmarks/index.py
	$(BIN)/python benchmarks/packages.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/metrics.py

# What is found and what is wrongly found. More with ARGS: make accuracy ARGS="--by-cwe --good-python DIR"
accuracy: $(VENV)/.run
	@$(BIN)/python benchmarks/accuracy.py $(ARGS)

# The picture in the README, recorded from a real run.
demo-image: $(VENV)/.run
	$(BIN)/python demo/play.py --svg docs/images/try.svg

# The pictures of VS Code and the dashboard in the documentation, taken by their tests.
screenshots: $(VENV)/.editors
	$(BIN)/python -m pytest tests/editors/vscode/test_flow.py tests/test_dashboard_browser.py
	cp build/screenshots/vscode-*.png build/screenshots/dashboard-light.png docs/images/
	! command -v pngquant >/dev/null || pngquant --force --ext .png docs/images/vscode-*.png docs/images/dashboard-*.png

# The extension for VS Code, in dist/, with a server inside: for this machine, or make vsix TARGET=darwin-arm64.
vsix: $(VENV)/.editors
	$(BIN)/python vscode-client/scripts/bundle.py $(TARGET)
	$(BIN)/node vscode-client/scripts/package.mjs

# The pins: hashes, no index. Run after a change of the dependencies in pyproject.toml.
pins: $(VENV)/.dev
	$(PIP) install uv
	for set in build dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links --extra types --extra $$set pyproject.toml -o requirements/$$set.txt; done
	mv requirements/build.txt requirements/run.txt

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "vetline needs Python 3.11 or newer on PATH (or: make PYTHON=/path/to/python)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "could not make $(VENV): install your system's python3-venv package" >&2; exit 1; }

$(VENV)/.run: $(VENV)/pyvenv.cfg requirements/run.txt pyproject.toml
	@echo "setting up $(VENV) (once) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "installing what the tests need (once) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# A real PostgreSQL for the tests of a team's ledger. Where it can be neither found nor installed, they are skipped and
# say so. Debian's package would make and start a cluster of its own: it is told not to.
$(VENV)/.postgres: $(VENV)/.dev
	@found() { PATH="$$PATH:/usr/local/bin:$$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')" command -v initdb >/dev/null; }; \
	if ! found && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing PostgreSQL for the tests (once) ..."; \
	  mkdir -p /etc/postgresql-common; \
	  [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends postgresql >/dev/null; \
	fi; \
	if found; then touch $@; else echo "WARNING: no PostgreSQL here and none could be installed: its tests are skipped" >&2; fi

# Real editors. What can be neither found nor installed is said here, and again by the tests that are skipped for it.
$(VENV)/.editors: $(VENV)/.dev vscode-client/package-lock.json tests/support/vscode_host.py tests/support/editors.py
	@if $(BIN)/python tests/support/editors.py; then touch $@; fi

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
