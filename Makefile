# make demo     set everything up in .venv and run the main job (DATA=folder: on your own files)
# make test     set up what the tests need and run all of them
# make check    style, types, layers, fresh documents, shape of the project (each is a target; make -k check shows all that is wrong)
# make bench    the measurements against other programs
# make fuzz     the same properties as in the tests, on 2,000 random examples each (EXAMPLES=200 to choose, ONLY=png for what names contain it)
# make lowest   the tests again, with the oldest versions that pyproject.toml allows
# make lock     renew the pinned requirements
# make docs     write the generated pages and build the documentation into site/
#
# Needs Python 3.11 or newer (PYTHON=path to choose one) and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := demo
.DELETE_ON_ERROR:

export UV_SYSTEM_CERTS := 1
export UV_COMPILE_BYTECODE := 1
export UV_NO_PROGRESS := 1
export UV_LINK_MODE := copy
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

bin := .venv/bin
stamps := .venv/stamps
install := $(bin)/uv pip install --quiet --python $(bin)/python

.PHONY: demo test check style types layers fresh shape bench fuzz lowest lock docs format

demo: $(stamps)/demo
	$(bin)/segue demo demo-output $(if $(DATA),--data "$(DATA)")

test: $(stamps)/test
	$(bin)/python -m pytest -q -n 2

check: style types layers fresh shape

style: $(stamps)/test
	$(bin)/ruff format --check --quiet
	$(bin)/ruff check --quiet

types: $(stamps)/test
	$(bin)/mypy --no-error-summary

layers: $(stamps)/test
	$(bin)/lint-imports --no-logo

fresh: $(stamps)/test
	$(bin)/python docs/generate --check

shape: $(stamps)/test
	$(bin)/python -m pytest -q tests/architecture

docs: $(stamps)/docs
	$(bin)/python docs/generate
	$(bin)/mkdocs build --quiet

format: $(stamps)/test
	$(bin)/ruff check --quiet --fix
	$(bin)/ruff format --quiet

bench: $(stamps)/bench
	for task in $$(grep -l __main__ benchmarks/*.py); do $(bin)/python "$$task" || exit 1; done

fuzz: $(stamps)/test
	HYPOTHESIS_PROFILE=fuzz EXAMPLES=$(EXAMPLES) $(bin)/python -m pytest -q -n 2 -m hypothesis $(if $(ONLY),-k "$(ONLY)")

lowest: $(stamps)/test
	@$(bin)/uv pip compile --quiet --resolution lowest-direct --python-version 3.11 pyproject.toml --group test --output-file .venv/lowest.txt
	@$(bin)/python -m venv --clear --without-pip .venv/lowest
	@$(bin)/uv pip install --quiet --python .venv/lowest/bin/python -r .venv/lowest.txt
	@$(bin)/uv pip install --quiet --python .venv/lowest/bin/python --no-deps --reinstall .
	.venv/lowest/bin/python -m pytest -q -n 2 -p no:cacheprovider --ignore tests/architecture

# --- the environment -------------------------------------------------------------------------------------------------------------------------

$(bin)/python:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "segue: making .venv with $$("$$python" --version)"; \
	    "$$python" -m venv .venv && exit 0; \
	    echo "segue: $$python cannot make a virtual environment (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; \
	  fi; \
	done; \
	echo "segue needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2; exit 1

$(stamps)/setup: requirements/setup.txt | $(bin)/python
	@$(bin)/python -m pip install --quiet --require-hashes -r $<
	@mkdir -p $(@D) && touch $@

# The package itself is installed in place; its version and its commands are in pyproject.toml.
$(stamps)/segue: pyproject.toml $(stamps)/setup
	@$(install) --no-deps --no-build-isolation --editable .
	@touch $@

$(stamps)/demo $(stamps)/test $(stamps)/bench $(stamps)/docs: $(stamps)/%: requirements/%.txt $(stamps)/segue
	@echo "segue: installing what '$*' needs (about a minute the first time)"
	@$(install) --require-hashes -r $<
	@touch $@

# --- pinned requirements: hashes, no addresses, every Python from 3.11 on --------------------------------------------------------------------

# Everything is solved once, so that the files agree with each other; each file then holds its part of that solution.

compile := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
solution := .venv/solution.txt

lock: $(stamps)/setup
	@echo "segue: solving the requirements of every Python from 3.11 on"
	@$(compile) --upgrade pyproject.toml --group setup --group check --group bench --group docs --output-file $(solution)
	@$(compile) --constraints $(solution) --group setup --output-file requirements/setup.txt
	@$(compile) --constraints $(solution) pyproject.toml --output-file requirements/run.txt
	@$(compile) --constraints $(solution) pyproject.toml --group demo --output-file requirements/demo.txt
	@$(compile) --constraints $(solution) pyproject.toml --group test --group check --output-file requirements/test.txt
	@$(compile) --constraints $(solution) pyproject.toml --group bench --output-file requirements/bench.txt
	@$(compile) --constraints $(solution) pyproject.toml --group docs --output-file requirements/docs.txt
	@! grep -n '//' requirements/*.txt || { echo "segue: a requirement file holds an address" >&2; exit 1; }
