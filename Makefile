# The commands of the project; each installs what it needs into .venv first.
PYTHON ?= python3
BIN := .venv/bin
BUNDLE := query_ui/static/bundle/editor.js
CLIENTS := tests/clients/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: serve test test-quick test-long torture bundle clients setup lint format bench lock clean

serve: setup bundle  ## Build the release and serve the site
	$(BIN)/concordat-kg build
	$(BIN)/concordat-kg serve

test-quick: .venv/dev  ## Run what answers within a minute, without browser, Java or Node
	$(BIN)/python -m pytest -m "not slow and not browser and not long"

test: .venv/dev bundle clients  ## Test every behaviour that this machine can test
	$(BIN)/python -m pytest -m "not long"

test-long: .venv/dev  ## Run the tests with large inputs, and random ones with many examples
	$(BIN)/python -m pytest -m "long or hypothesis" --hypothesis-profile=many

bundle:  ## Bundle the editor of the query page, where there is npm
	@if command -v npm >/dev/null; then $(MAKE) -s --no-print-directory $(BUNDLE); else false; fi || \
		echo "The editor is not bundled (it needs npm, once with a network): the query page is a plain form."

$(BUNDLE): node_modules/.package-lock.json $(wildcard query_ui/frontend/*)
	rm -rf $(dir $(BUNDLE))
	npm run --silent bundle

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --silent
	touch $@

clients:  ## Install the JavaScript client that the endpoint is tested with, where there is npm
	@if command -v npm >/dev/null; then $(MAKE) -s --no-print-directory $(CLIENTS); else false; fi || \
		echo "The JavaScript client is not installed (it needs npm, once with a network): its test is skipped."

$(CLIENTS): tests/clients/package.json tests/clients/package-lock.json tests/clients/.npmrc
	npm ci --silent --prefix tests/clients
	touch $@

setup: .venv/ready  ## Make the environment alone

lint: .venv/dev  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev  ## Measure, side by side with peers
	$(BIN)/python -m tests.bench

torture: .venv/dev  ## Attack a server and print what came; grow the data by 200 random documents
	$(BIN)/python -m tests.torture
	$(BIN)/python -m pytest tests/test_growth.py --hypothesis-profile=torture

lock: .venv/dev  ## Choose the newest versions that pyproject.toml allows
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
		--group build --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
		--group dev --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv build node_modules tests/clients/node_modules query_ui/static/bundle

.venv/ready: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev: .venv/ready requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@
