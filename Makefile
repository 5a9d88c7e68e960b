# Everything a contributor types. `make test` is what CI runs; see README.md.
PACKAGES := libpcre2-dev libssl-dev libhiredis-dev libsqlite3-dev libcurl4-openssl-dev zlib1g-dev pkg-config make python3-venv
# A real identity provider, a real Redis and a real Prometheus, for tests only.
TEST_PACKAGES := redis-server glewlwyd openssl curl prometheus
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Warnings are errors already; this keeps the output to what matters.
SWIFT_FLAGS ?=
# `swift test` alone would build with other flags than `swift build`, and all of it again. Built for release: see docs/decisions/0180-tests-in-release.md. `swift test --filter …` in a debug build is as good for a few of them.
TEST_FLAGS := -c release -Xswiftc -enable-testing -Xswiftc -gnone

.PHONY: setup test-setup demo build test lint format interop oracles-setup bench packs allocations mutants kill fuzz all clean

all: lint test

## Installs the C libraries that the package links (Debian and relatives). Does nothing when they are there.
setup:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q $(PACKAGES); }

## What only tests need; they skip what is absent.
test-setup: setup
	@dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q $(TEST_PACKAGES) || \
	  echo "tests of the identity provider, of Redis and of Prometheus will be skipped: $(TEST_PACKAGES) could not be installed"

build: setup
	swift build $(SWIFT_FLAGS)

## The main job on real input: an agent, the gate, a server.
demo: build
	swift run --skip-build $(SWIFT_FLAGS) sallyport demo

## All tests; those that need data or programs which are absent say so and are skipped.
test: test-setup interop-setup oracles-setup
	swift build --build-tests $(TEST_FLAGS) $(SWIFT_FLAGS)
	swift test --skip-build $(TEST_FLAGS) $(SWIFT_FLAGS)

## The official SDKs' clients and servers for the interoperability tests, in a virtual environment of their own.
interop-setup:
	@Tests/Interop/setup || echo "interoperability tests will be skipped: the SDKs could not be installed"

## The SMT solver and Cedar, against which differences and decisions are held.
oracles-setup:
	@Tests/Oracles/setup || echo "comparisons with other engines will be skipped: they could not be installed"

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

format:
	swift format --in-place --recursive --parallel Sources Tests Package.swift

bench:
	cd Tests/Benchmarks && ./run

## Holds the shipped packs to their floors and ceilings over the labelled corpora (built for release); ACCEPT=1 tightens them.
packs: setup
	swift build --build-tests $(TEST_FLAGS) $(SWIFT_FLAGS)
	PACKS=$$(swift build $(TEST_FLAGS) --show-bin-path)/sallyport swift test --skip-build $(TEST_FLAGS) $(SWIFT_FLAGS) --filter FiltersTests.PackTests

## Fails when a decision, or an allowed call and its answer, takes from the heap (built for release).
allocations:
	cd Tests/Benchmarks && ./run allocations

## Changes the decision engine, one comparison at a time, and fails when its tests do not notice. Takes hours.
mutants:
	Tests/Mutation/run

## Kills processes at 200 random points of what they do to a store, and looks what is left.
kill:
	swift build --build-tests $(TEST_FLAGS) $(SWIFT_FLAGS)
	KILL_ROUNDS=200 swift test --skip-build $(TEST_FLAGS) $(SWIFT_FLAGS) --filter 'KillTests|AuditTests'

fuzz:
	cd Tests/Fuzz && ./run

clean:
	rm -rf .build Tests/Benchmarks/.build Tests/Fuzz/.build
