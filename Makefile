# The commands of the project; each installs what it needs into .venv first.
SHELL := bash
PYTHON ?= python3
PORT ?=
# How many processes run tests; those of one file stay in one process.
WORKERS ?= 2
BIN := .venv/bin
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile
BUNDLE := query_ui/static/bundle/editor.js
FUSEKI := .venv/engines/jena-fuseki-server-5.2.0.jar
FUSEKI_SHA256 := a437520f68a763a18d96aa56fa4fde967f41b9d9a8cb8571b1e15d99624f83bd
CLIENTS := tests/clients/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip --disable-pip-version-check install
# What pip collects, one name a line, and that it has begun to install.
NAMES := | awk '/^Collecting /{print "  " $$2} /^Installing /{print "  installing them …"} {fflush()}'

.PHONY: serve test test-quick test-long test-engines torture bundle clients setup lint format bench bench-quick lock clean

serve: setup bundle  ## Build the release and serve the site; PORT=9000 sets the port
	@echo "Building the release from data/ (up to 40 seconds the first time) …"
	@$(BIN)/concordat-kg build --quiet
	@echo "Starting the server (a few seconds) …"
	@$(BIN)/concordat-kg serve $(if $(PORT),--port $(PORT))

test-quick: .venv/dev  ## Run what answers within a minute, without browser, Java or Node
	$(PYTEST) -m "not slow and not browser and not long and not engines"

test: .venv/dev bundle clients  ## Test every behaviour that this machine can test
	$(PYTEST) -m "not long and not engines"

test-long: .venv/dev bundle clients  ## Run the tests with large inputs, and random ones with many examples
	$(PYTEST) -m "long or hypothesis" --hypothesis-profile=many

test-engines: .venv/dev $(FUSEKI)  ## Test the site on other engines, in about 4 minutes; needs Java
	$(BIN)/python -m pytest tests/engines

# The digest is that of the file in Maven Central, whose own Maven checks on the way.
$(FUSEKI): | .venv/dev
	@echo "Fetching Apache Jena Fuseki from Maven Central (35 MB) …"
	@mvn --batch-mode --quiet --strict-checksums \
		org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
		-Dartifact=org.apache.jena:jena-fuseki-server:5.2.0 -DoutputDirectory=$(@D)
	@echo "$(FUSEKI_SHA256)  $@" | sha256sum --check --quiet || { rm -f $@; exit 1; }

bundle:  ## Bundle the editor of the query page, where there is npm
	@if command -v npm >/dev/null; then $(MAKE) -s --no-print-directory $(BUNDLE); else false; fi || \
		echo "The editor is not bundled (it needs npm, once with a network): the query page is a plain form."

$(BUNDLE): node_modules/.package-lock.json package.json $(wildcard query_ui/frontend/* query_ui/frontend/edition/*)
	@echo "Bundling the query editor (a few seconds) …"
	@rm -rf $(dir $(BUNDLE))
	@npm run --silent bundle

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@echo "Installing the parts of the query editor with npm (up to a minute) …"
	@npm ci --silent
	@touch $@

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

bench: .venv/bench  ## Measure, side by side with peers, in about 25 minutes
	$(BIN)/python -m tests.bench

bench-quick: .venv/bench  ## Measure small releases alone, in about 3 minutes, while you work
	$(BIN)/python -m tests.bench --quick

torture: .venv/dev  ## Attack a server and print what came; grow the data by 200 random documents
	$(BIN)/python -m tests.torture
	$(BIN)/python -m tests.torture.described_requests
	$(BIN)/python -m tests.torture --engine oxigraph
	$(BIN)/python -m tests.sector_sizes
	$(BIN)/python -m pytest tests/test_growth.py --hypothesis-profile=torture

lock: .venv/dev  ## Choose the newest versions that pyproject.toml allows
	$(PIP) --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
		--group build --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
		--group dev --output-file requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
		--constraint requirements-dev.lock --group bench \
		--output-file requirements-bench.lock pyproject.toml

clean:
	rm -rf .venv build node_modules tests/clients/node_modules query_ui/static/bundle

.venv/ready: requirements.lock pyproject.toml
	@test -x $(BIN)/python || echo "Making a Python environment in .venv (about 10 seconds) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the libraries of requirements.lock (up to 2 minutes) …"
	@set -o pipefail; $(PIP) --require-hashes -r requirements.lock $(NAMES)
	@echo "Installing the command concordat-kg (a few seconds) …"
	@$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/ready requirements-dev.lock
	@echo "Installing the libraries for tests (up to 3 minutes) …"
	@set -o pipefail; $(PIP) --require-hashes -r requirements-dev.lock $(NAMES)
	@touch $@

.venv/bench: .venv/dev requirements-bench.lock
	@echo "Installing the peers to measure beside (up to a minute) …"
	@set -o pipefail; $(PIP) --require-hashes -r requirements-bench.lock $(NAMES)
	@touch $@
