.DEFAULT_GOAL := help
.PHONY: help run run-distributed secrets reset demo test faults check bench format lint types layers docs docs-check containers migrate requirements clean china-calendar
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

help: ## show what can be done here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.venv/run: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv && $(BIN)/pip install -q --require-hashes -r requirements.txt && $(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv && $(BIN)/pip install -q --require-hashes -r requirements-dev.txt && $(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@ .venv/run

run: .venv/run ## set up and run the whole platform: one process, embedded PostgreSQL (ARGS="--port 9000")
	@$(BIN)/python -m deploy.run $(ARGS)

run-distributed: .venv/run ## one process per service and role, against RabbitMQ and PostgreSQL
	@$(BIN)/python -m deploy.distributed $(ARGS)

secrets: .venv/run ## write .env with new secrets for docker compose (ARGS="--public-url https://service.example.org")
	@$(BIN)/python -m deploy.secrets $(ARGS)

reset: .venv/run ## delete the embedded platform's data and keys
	@$(BIN)/python -m deploy.run --reset

demo: .venv/run ## play the main job against the running platform (LANG=zh_CN tells it in Chinese)
	@$(BIN)/python -m clients.demo $(if $(filter command line,$(origin LANG)),--lang $(LANG)) $(ARGS)

test: .venv/dev ## all tests; installs RabbitMQ and Chromium on Debian when root, else says how
	@$(BIN)/python -m deploy.test_machine && $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

faults: .venv/dev ## kill every process, the broker and the database while the platform works (ARGS="--seed 7" repeats a run)
	@$(BIN)/python -m deploy.test_machine && $(BIN)/python -m tests.faults $(ARGS)

check: .venv/dev ## format, lint, types, layers, docs fresh, sizes, containers
	@$(MAKE) --no-print-directory format-check lint types layers docs-check sizes containers

format: .venv/dev ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

format-check: .venv/dev
	@$(BIN)/ruff format --check .

lint: .venv/dev ## ruff
	@$(BIN)/ruff check .

types: .venv/dev ## mypy --strict
	@$(BIN)/mypy

layers: .venv/dev ## import-linter: who may import whom
	@$(BIN)/lint-imports --no-cache

sizes: .venv/dev ## modules at most 400 lines, functions at most 60
	@$(BIN)/pytest -q tests/repo/test_sizes.py

containers: .venv/dev ## docker-compose.yml against its schema, the Dockerfile's linter
	@$(BIN)/pytest -q tests/repo/test_containers.py

docs: .venv/dev ## write the generated pages in docs/
	@$(BIN)/python -m services docs

docs-check: .venv/dev ## the generated pages are fresh
	@$(BIN)/python -m services docs --check

bench: .venv/dev ## measure against the goals (prints goal and result)
	@$(BIN)/python -m bench $(ARGS)

china-calendar: .venv/dev ## write China's public holidays again (ARGS=FOLDER compares them with year files)
	@$(BIN)/python -m tests.china_calendar $(ARGS)

migrate: .venv/run ## bring the schemas of AFTERCARE_DATABASE_URL up to date
	@$(BIN)/python -m services migrate all

requirements: ## compile the pinned requirements again (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build --extra dev pyproject.toml -o requirements-dev.txt

clean: ## delete the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
