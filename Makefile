# The house's commands. `make run` and `make test` need only Python 3.11, Node 20 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# another address of this machine lets phones in the same network in
LISTEN ?= 127.0.0.1
export FLASK_APP := app.py
export PORT LISTEN
# one address for tickets and letters, whichever process writes them
export PUBLIC_URL ?= http://$(LISTEN):$(PORT)
# honcho starts web and worker through the virtual environment
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

RUNTIME := $(VENV)/.run
TOOLS := $(VENV)/.dev
MODULES := node_modules/.installed
ASSETS := static/dist/manifest.json
CATALOGUE := outreach/translations/zh_Hans_CN/LC_MESSAGES/messages.mo

.PHONY: help run test test-sqlite test-postgresql test-browser check bench measure-import measure-duplicates format catalogue screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

run: $(RUNTIME) $(ASSETS) $(CATALOGUE) ## set everything up and serve the demo on SQLite
	@$(BIN)/flask set-up
	@$(BIN)/flask demo
	@echo "Yangui: http://$(LISTEN):$(PORT)   (stop with Ctrl-C)"
	@$(BIN)/honcho start -p $(PORT)

# two processes share the files in their order: reordered, the journeys, of few but long tests, would come last
SHARED := -n 2 --dist loadfile --no-loadscope-reorder

test: test-sqlite test-postgresql test-browser ## every test: unit, laws, both databases, browser

test-sqlite: $(TOOLS) $(ASSETS) $(CATALOGUE)
	$(BIN)/python -m pytest $(SHARED) tests --ignore tests/browser --ignore tests/bench

test-postgresql: $(TOOLS) $(ASSETS) $(CATALOGUE)
	YANGUI_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(SHARED) tests --ignore tests/browser --ignore tests/bench --ignore tests/law

test-browser: $(TOOLS) $(ASSETS) $(CATALOGUE)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || sh tests/browser/install-chromium
	$(BIN)/python -m pytest $(SHARED) tests/browser

check: $(TOOLS) $(MODULES) ## format, lint, types, import law
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm run --silent check

format: $(TOOLS) $(MODULES) ## write the format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	npx prettier --write --log-level warn static/src static/build.mjs eslint.config.mjs

bench: $(TOOLS) $(ASSETS) $(CATALOGUE) ## benchmarks, each as a ratio to a floor measured in the same run
	$(BIN)/python -m tests.bench

DIR ?= ../shared/rosters
measure-import: $(TOOLS) ## read the rosters in DIR and compare every value with DIR/truth.json
	$(BIN)/python -m tests.bench.truth $(DIR)

measure-duplicates: $(TOOLS) ## judge the pairs of rows in DIR and compare with DIR/truth.json
	$(BIN)/python -m tests.bench.duplicates $(DIR)

catalogue: $(TOOLS) ## collect new messages into the Chinese catalogue
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy -k ngettext:1,2 --no-wrap --sort-by-file --add-comments=i18n -o messages.pot .
	$(BIN)/pybabel -q update -i messages.pot -d outreach/translations -l zh_Hans_CN --no-wrap --no-fuzzy-matching --ignore-obsolete
	@rm messages.pot

screenshots: $(TOOLS) $(ASSETS) $(CATALOGUE) ## pictures of every page of the thread, into screenshots/
	$(BIN)/python -m tests.browser.screenshots

clean: ## remove what set-up made; the database and uploads stay
	rm -rf $(VENV) node_modules static/dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.txt requirements-data.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-data.txt
	@touch $@

$(TOOLS): requirements-dev.txt $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(MODULES): package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): $(MODULES) static/build.mjs $(wildcard static/src/*.scss static/src/*.js static/src/*/*.js)
	node static/build.mjs

$(CATALOGUE): outreach/translations/zh_Hans_CN/LC_MESSAGES/messages.po $(RUNTIME)
	$(BIN)/pybabel -q compile -d outreach/translations
