# Everything that a newcomer or CI runs. `make demo` is the place to begin.

CARGO ?= cargo
NPM ?= npm
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name schema.d.ts 2>/dev/null)

.PHONY: demo build test bench check web setup clean

## Start everything with samples and a pretend WeChat, at http://127.0.0.1:8080/
demo: web
	$(CARGO) run --locked --bin hopetree -- demo $(DEMO)

## The release binary, with the front end in it: target/release/hopetree
build: web
	$(CARGO) build --release --locked
	@echo "target/release/hopetree is ready"

## All tests: protocol, stories over the built program, the browser, independent WeChat clients
test: web
	scripts/test

## Load benchmarks of the release binary; the long ones by name: BENCH=soak (ten minutes), BENCH=history (10 GB)
BENCH ?= webhook scale storm
bench:
	$(CARGO) bench --locked --bench load -- $(BENCH)

## Everything that CI runs
check:
	.ci/run

## What must be on the machine, named before anything else runs
setup:
	@scripts/setup

## The front end, when its sources are newer than what was built
web: setup web/dist/.built

web/node_modules/.installed: web/package-lock.json
	cd web && $(NPM) ci --no-audit --no-fund
	@touch $@

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	cd web && $(NPM) run build
	@touch $@

clean:
	rm -rf web/dist web/node_modules target
