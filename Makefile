# DEMETRA's commands; `make` alone lists them. ARGS passes options on: make test ARGS="-k budget".

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup up test lint format bench lock clean

BIN := .venv/bin
READY := .venv/.ready
# Progress for people, silence for logs.
QUIET := $(shell [ -t 2 ] || echo --quiet)
COMPILE := $(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --generate-hashes --python-version 3.11 \
	--no-header --no-emit-index-url

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## Make .venv with every package pinned and demetra on its path; start nothing
	@echo 'Ready: .venv/bin/demetra'

up: $(READY) ## Set up, then database, sample data, first run, schedule, dashboard and API, until Ctrl-C
	@exec $(BIN)/demetra up $(ARGS)

test: $(READY) ## Set up, then run the whole test suite
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## Check format, style, types, import contracts, and that no notebook has outputs
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy lib
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python tools/clear_notebooks.py --check notebooks

format: $(READY) ## Format the code, mend what can be mended, clear the notebooks' outputs
	@$(BIN)/python tools/clear_notebooks.py notebooks
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format .

bench: $(READY) ## Run the benchmarks and print their tables; ARGS names some of them
	@$(BIN)/python benchmarks $(ARGS)

lock: $(BIN)/uv ## Pin anew after a change of pyproject.toml; ARGS=--upgrade takes the newest versions
	$(COMPILE) $(ARGS) --group pyproject.toml:setup --output-file requirements-uv.txt
	$(COMPILE) $(ARGS) --extra build pyproject.toml --output-file requirements.txt
	$(COMPILE) $(ARGS) --extra build --extra dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt
	@echo 'environment.yml holds the same versions for conda: `make test ARGS=tests/test_packaging.py` names those that differ.'

clean: ## Remove .venv, caches and runs; ask before the database; leave data/raw alone
	@pid=$$(head -n 1 outputs/database/data/postmaster.pid 2>/dev/null) && kill -0 "$$pid" 2>/dev/null && \
		{ echo 'The embedded database is running: stop `make up` first.' >&2; exit 1; } || true
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf outputs/runs outputs/latest
	@find . \( -path ./.git -o -path ./data -o -path ./outputs \) -prune -o -type d \
		\( -name __pycache__ -o -name .ipynb_checkpoints -o -name '*.egg-info' \) -prune -exec rm -rf {} +
	@if [ ! -d outputs/database ]; then exit 0; fi; \
	if [ ! -t 0 ]; then echo 'outputs/database is kept: run `make clean` at a terminal to delete it.'; exit 0; fi; \
	printf 'outputs/database holds your data. Type yes to delete it too: '; read -r answer || answer=no; \
	if [ "$$answer" = yes ]; then rm -rf outputs/database; else echo 'outputs/database is kept.'; fi

# Made again only when the pins or the project's metadata change.
$(READY): $(BIN)/uv requirements-dev.txt pyproject.toml
	@echo 'Installing the pinned packages into .venv'
	@$(BIN)/uv pip sync $(QUIET) --python $(BIN)/python --require-hashes requirements-dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/uv: requirements-uv.txt
	@PYTHON='$(PYTHON)' tools/make_venv.sh
	@touch $@
