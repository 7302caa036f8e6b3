# Two commands for a newcomer, on a bare Debian 12 with Python 3.11 (as root, or with the packages it names):
#   make demo    everything set up, the demo city on http://127.0.0.1:8000
#   make test    everything set up, checked and tested
PORT ?= 8000
# Workers of pytest on two cores: a test that waits for a child, a browser or PostgreSQL leaves its core to another.
TEST_WORKERS ?= 3
# `make test TESTS=tests/test_money.py`: a part of the tests, after all checks.
TESTS ?=
# `make mutants`: how many bugs to plant, which ones chance draws, how many at a time.
SAMPLE ?= 400
SEED ?= 2026
MUTANTS_WORKERS ?= 2
bin := .venv/bin

# A container may set it: each process of ours would compile 750 modules anew, a third of its start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check format bench faces mutants lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

setup: ## Debian packages (as root), .venv by hash, fonts and scripts; quick when done
	@.ci/setup.sh runtime

demo: setup ## load the demo city once and serve it (PORT=8000)
	$(bin)/charity demo --serve --port $(PORT)

serve: setup ## serve your own data (settings: docs/running.md)
	$(bin)/charity serve --port $(PORT)

test: ## all checks and all tests, on SQLite and PostgreSQL
	@.ci/setup.sh runtime test
	@$(MAKE) --no-print-directory check
	$(bin)/pytest -n $(TEST_WORKERS) --dist loadgroup $(TESTS)

check: ## ruff, mypy and import-linter, without the tests
	@.ci/setup.sh runtime test
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports --no-logo

format: ## put all Python in the one format
	@.ci/setup.sh runtime test
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

bench: ## measure (NAME=<figure> for one); writes bench/results.json
	@.ci/setup.sh runtime test bench
	$(bin)/python -m bench $(NAME)

faces: ## picture and judge every page, into var/faces (FACES=http://… for a demo that runs; PAGES=staff or public)
	@.ci/setup.sh runtime test
	$(bin)/python -m bench.faces

mutants: ## plant bugs one at a time and list what no test notices (SAMPLE=400 SEED=2026; AGAIN=1: what survived)
	@.ci/setup.sh runtime test
	$(bin)/python -m bench.mutants.run --sample $(SAMPLE) --seed $(SEED) --workers $(MUTANTS_WORKERS) $(if $(AGAIN),--again)

lock: ## newest versions within requirements*.in, with hashes (needs uv on PATH)
	uv pip compile --quiet --upgrade --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.lock
	uv pip compile --quiet --upgrade --generate-hashes --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.lock

clean: ## remove .venv and the fetched files (data in var/ stays)
	rm -rf .venv static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
