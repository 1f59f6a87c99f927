# cxcrm: everything starts here. Needs Python >= 3.11 and make; the rest is fetched into .venv.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
# More for the tool behind a target, for example: make test ARGS="-k ladder"
ARGS ?=
# 1 plays the story after the demo has started, and ends with its exit code.
STORY ?=

.PHONY: help setup demo up test check fmt bench faults openapi browsers messages pictures

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup:  ## Make the environment with all developers' tools
	@sh cxcrm/up/setup.sh dev
	@$(PY) -m cxcrm.up.catalogues compile

demo:  ## Start everything with two demo firms (STORY=1 plays the story)
	@sh cxcrm/up/setup.sh base
	@exec $(PY) -m cxcrm.up demo $(if $(filter-out 0 no false,$(STORY)),--story)

up:  ## Start everything for real use
	@sh cxcrm/up/setup.sh base
	@exec $(PY) -m cxcrm.up up

test: setup  ## Run the everyday tests on throw-away servers
	@exec $(PY) -m cxcrm.up test -- -n 2 --dist loadgroup $(ARGS)

faults: setup  ## Run the long tests (kills, cancels, storms, every wall, many examples)
	@exec $(PY) -m cxcrm.up test -- -m "faults or hypothesis or matrix" --hypothesis-profile long $(ARGS)

bench: setup  ## Measure, each figure beside its floor
	@exec $(PY) -m cxcrm.up exec --durable -- $(PY) -m benchmarks $(ARGS)

check: setup  ## Lint, types, imports, templates, migrations, translations
	@exec $(PY) -m cxcrm.up.check

fmt: setup  ## Format the code
	@$(PY) -m ruff check --fix-only -q .
	@$(PY) -m ruff format -q .

openapi: setup  ## Write docs/openapi.yaml from the code
	@$(PY) manage.py spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml

browsers:  ## Install Chromium for the browser tests where it is missing
	@sh cxcrm/up/browsers.sh

messages: setup  ## Collect texts for translation into locale/ (ARGS: more .po files to merge)
	@$(PY) -m cxcrm.up.catalogues update $(ARGS)

pictures:  ## Take the guides' tour pictures anew from a running demo
	@exec $(PY) -m docs.pictures $(ARGS)
