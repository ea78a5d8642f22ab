# Sourced by other scripts, in the root of the checkout: what `swift build` and `swift test` are called with, so that all of
# them share one build. A store on a server is built in where its client library is installed: with
# `require_system_packages libpq-dev libmariadb-dev libhiredis-dev libssl-dev libmongoc-dev` before, these always are.
# shellcheck shell=bash

# Workers of the tests and examples are built, too; see Package.swift.
export CARILLON_DEVELOPMENT=1
# The tests begin all at once otherwise, with thousands of files open: Foundation's Process then reads past a buffer now and
# then (swift-corelibs-foundation 5472), and the tests wait for one another.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=32
# A process that was killed leaves the counters of libmongoc in shared memory, and a later one with its number warns of them.
export MONGOC_DISABLE_SHM=1
build_traits=$(cat scripts/support/traits)
pkg-config --exists libpq 2>/dev/null || build_traits=${build_traits/,PostgreSQL/}
pkg-config --exists libmariadb 2>/dev/null || build_traits=${build_traits/,MySQL/}
pkg-config --exists hiredis openssl 2>/dev/null || build_traits=${build_traits/,Redis/}
pkg-config --exists libmongoc-1.0 2>/dev/null || build_traits=${build_traits/,MongoDB/}
build_options=(--traits "$build_traits")
