# What a developer, a server and the continuous integration run. Each target does its own set-up and remembers
# with files that it is done, so that the second time is quick and needs no network. docs/operations.md explains.

PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= var
CHROMIUM ?= chromium
ARGS ?=
export PYTHON PORT CHROMIUM

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
TOGETHER := $(BIN)/python scripts/together.py $(BIN)/python
# Tests see no setting of yours, and write where nothing of yours lies.
SETTINGS := BEHIND_PROXY DATABASE_URL DEBUG EMAIL_FROM EMAIL_HOST EMAIL_PASSWORD EMAIL_PORT EMAIL_TLS EMAIL_USER \
	EMAIL_VERIFICATION FILES_S3_BUCKET FILES_S3_ENDPOINT FILES_S3_KEY FILES_S3_PREFIX FILES_S3_REGION FILES_S3_SECRET \
	LOG_LEVEL PORT SECRET_KEY SIGN_UP_OPEN SITE_URL TIME_ZONE
TEST_ENV := env $(SETTINGS:%=-u %) DATA_DIR="$(CURDIR)/build/test"
PYTEST := $(BIN)/python -m pytest -n 2
SYSTEM_NEEDS := python venv pango

# Files that say: this step is done. They lie in what they vouch for, so that deleting it undoes them.
SYSTEM := build/system
SYSTEM_TEST := build/system-test
VENV := .venv/.complete
VENV_TEST := .venv/.complete-test
NODE := node_modules/.complete
NODE_TEST := node_modules/.complete-test
ASSETS := build/assets/.complete
STATIC := $(DATA_DIR)/static/staticfiles.json

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run dev setup setup-test assets static test test-postgres check fix messages lock bench clean port-is-free

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: $(SYSTEM) port-is-free setup static ## set up, load the demo places, serve as in production with a worker beside; PORT=8000
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo
	@echo "Open http://127.0.0.1:$(PORT) - Ctrl-C stops it."
	@exec $(TOGETHER) $(BIN)/python -m gunicorn

dev: export DEBUG = 1
dev: $(SYSTEM) port-is-free setup ## the same with DEBUG=1, reloading when code changes
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo
	@echo "Open http://127.0.0.1:$(PORT) - Ctrl-C stops it."
	@exec $(TOGETHER) $(MANAGE) runserver 127.0.0.1:$(PORT)

setup: $(SYSTEM) $(VENV) $(ASSETS) ## all that running needs: system libraries, .venv, fonts and scripts

setup-test: $(SYSTEM_TEST) $(VENV_TEST) $(NODE_TEST) setup ## all that tests need on top: Chromium, LibreOffice, poppler, Java, gettext, test packages

assets: $(ASSETS) ## copy the browser assets that npm delivered to build/assets

static: $(STATIC) ## collect, hash and compress the static files, if any changed

test: setup-test ## run all tests on SQLite; ARGS="-k name" goes to pytest
	@$(TEST_ENV) $(PYTEST) $(ARGS)

test-postgres: setup-test ## run the tests that touch a database again on PostgreSQL; DATABASE_URL chooses which
	@url=$$(scripts/postgres.sh) && $(TEST_ENV) DATABASE_URL="$$url" $(PYTEST) -m database $(ARGS)

check: setup-test static ## everything a change must pass: lint, format, types, migrations, both test runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	@$(TEST_ENV) $(MANAGE) makemigrations --check --dry-run
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-postgres

fix: $(VENV_TEST) ## repair what ruff can: lint findings and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV) ## bring the catalogues of translations up to date and compile them; prints how far they are
	@scripts/system.sh gettext
	@scripts/messages.sh $(ARGS)

lock: $(VENV) ## resolve the locked versions anew; ARGS=--upgrade takes the newest
	scripts/lock.sh $(ARGS)

bench: setup-test static ## measure: engine, pages, saves, report; ARGS go to the benchmarks
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove all that can be made again; your data in var/ stays
	rm -rf .venv node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

port-is-free:
	@scripts/port-is-free.sh "$(PORT)"

$(SYSTEM): scripts/system.sh Makefile
	@scripts/system.sh $(SYSTEM_NEEDS)
	@mkdir -p $(@D) && touch $@

$(SYSTEM_TEST): scripts/system.sh Makefile
	@scripts/system.sh $(SYSTEM_NEEDS) chromium playwright poppler java gettext libreoffice
	@mkdir -p $(@D) && touch $(SYSTEM) $@

$(VENV): requirements.lock | $(SYSTEM)
	@scripts/venv.sh requirements.lock
	@touch $@

$(VENV_TEST): requirements-dev.lock | $(SYSTEM)
	@scripts/venv.sh requirements-dev.lock
	@touch $(VENV) $@

$(NODE): package-lock.json | $(VENV)
	@scripts/npm.sh --omit=dev
	@touch $@

$(NODE_TEST): package-lock.json | $(VENV)
	@scripts/npm.sh
	@touch $(NODE) $@

$(ASSETS): scripts/assets.txt scripts/assets.sh $(NODE)
	@scripts/assets.sh
	@touch $@

$(STATIC): $(shell find static -mindepth 1 2>/dev/null) hubplaybook/settings.py $(VENV) $(ASSETS)
	@echo "Collecting static files ..."
	@$(MANAGE) collectstatic --no-input --clear --verbosity 0
