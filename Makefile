# Needs only python3 (3.11 or newer, with venv) and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

JAVASCRIPT := tests/integration/contract/interoperation/javascript

# Hundreds of processes start in our tests: none of them compiles our modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup tools shop demo test check lint bench soak lock clean help
help:
	@echo "make demo   the whole story on the example shop; make demo KEEP=1 leaves its hub open"
	@echo "make shop   the example shop on this machine, until Ctrl-C"
	@echo "make test   our own tests"
	@echo "make check  lint, types, imports and the tests: what CI runs"
	@echo "make bench  every figure beside its peer's"
	@echo "make soak   what takes long"
	@echo "make tools  what only some of our tests use, from npm and PyPI; without it they skip and say so"

setup: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Accord needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Accord needs into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(STAMP)

# Into .tools, as the lock files say; no install script is run. Without npm or a registry nothing fails here.
tools: setup
	@for pair in tools:python schemathesis:schemathesis; do lock=requirements/$${pair%:*}.txt; folder=.tools/$${pair#*:}; \
		cmp -s $$lock $$folder/installed && continue; \
		echo "Installing what single tests need into $$folder (once) ..."; rm -rf $$folder; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --target $$folder \
			-r $$lock && cp $$lock $$folder/installed \
			|| echo "pip could not install: the tests that need $$folder will skip"; done
	@command -v npm >/dev/null || echo "npm is not installed: the tests with JavaScript will skip"
	@command -v npm >/dev/null || exit 0; \
		mkdir -p .tools && cp $(JAVASCRIPT)/package.json $(JAVASCRIPT)/package-lock.json .tools/ && \
		if cmp -s .tools/package-lock.json .tools/installed && [ -d .tools/node_modules ]; then exit 0; fi; \
		echo "Installing what tests with JavaScript need into .tools (once) ..."; \
		if npm ci --prefix .tools --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-timeout=20000; \
		then cp .tools/package-lock.json .tools/installed; \
		else rm -rf .tools/node_modules; echo "npm could not install: the tests with JavaScript will skip"; fi

shop: setup
	@cd examples/shop && PYTHONPATH=src:tests/support ../../$(BIN)/python -m whole_shop $(ARGUMENTS)

demo: setup
	@$(BIN)/accord demo $(if $(KEEP),--keep)

# Three workers, also on two processors: of their time, two in five parts are waits for servers that start or rebalance.
test: setup
	@$(BIN)/python -m pytest -n 3 --dist worksteal
	@cd examples/shop && ../../$(BIN)/accord test -n 2 --budgets report -- --dist worksteal

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >$(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }
	@tail -2 $(VENV)/imports.txt

check: lint test

bench: setup
	@for program in benchmarks/*.py; do echo "== $$program"; $(BIN)/python $$program || exit 1; done

soak: setup
	@$(BIN)/python -m pytest -n 2 -m soak --soak
	@cd examples/shop && ../../$(BIN)/python -m pytest -m soak --soak
	@cd examples/shop && for run in $$(seq 50); do echo "The shop's journeys, $$run of 50"; \
		../../$(BIN)/python -m pytest -q tests/e2e || exit 1; done
	@for program in benchmarks/soak/*.py; do echo "== $$program"; $(BIN)/python $$program || exit 1; done

# Writes the lock file; needs uv. Names no index: what is locked is the content.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra all --group dev pyproject.toml -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group tools -o requirements/tools.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group schemathesis -o requirements/schemathesis.txt

clean:
	rm -rf $(VENV) .tools .accord examples/shop/.accord .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
