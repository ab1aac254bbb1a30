# Every target does its own set-up: python3 (3.11 or newer, with venv), git and make are enough.
.DEFAULT_GOAL := help
.PHONY: help demo test check fmt run diagram bench mutate lock clean

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
# Many processes start from here. Without kept bytecode each would compile what it imports.
export PYTHONDONTWRITEBYTECODE :=
# Two more than processors: many tests wait, for containers most of all.
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || echo 1) + 2 )))

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## Open an issue in an offline GitHub and watch it get merged (ARGS=--help)
	@$(BIN)/orc demo $(ARGS)

test: $(VENV)/.dev ## Run all the tests
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(VENV)/.dev ## Format, lint, types, import directions, workflows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers auto
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet .github/workflows
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/python docs/diagram.py --check

fmt: $(VENV)/.dev ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

run: $(VENV)/.runtime ## Run the app with the settings of the environment and .env
	@$(BIN)/orc serve

diagram: $(VENV)/.runtime ## Draw the README's picture from the transition table
	$(BIN)/python docs/diagram.py

bench: $(VENV)/.dev ## Measure the door against its peers; needs npm
	$(BIN)/python -m bench $(ARGS)

mutate: $(VENV)/.dev ## Mutation testing of the domain
	$(BIN)/mutmut run
	$(BIN)/mutmut results

lock: $(UV) ## Compile the locked requirements anew from pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml -o requirements/runtime.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --all-extras --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--group build -o requirements/build.txt
	echo uv | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header - -o requirements/uv.txt

clean: ## Remove what the other targets made
	rm -rf $(VENV) .tools build .mypy_cache .ruff_cache .import_linter_cache .hypothesis mutants

.tools/bin/uv: requirements/uv.txt
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.made: $(UV)
	$(UV) venv --quiet --allow-existing --python python3 $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.txt requirements/build.txt pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes \
		-r requirements/runtime.txt -r requirements/build.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@
