# Sourced by other scripts, in the root of the checkout: what `swift build` and `swift test` are called with, so that all of
# them share one build. The store on PostgreSQL is built in where its client library is installed: with
# `require_system_packages libpq-dev` before, it always is.
# shellcheck shell=bash

# Workers of the tests and examples are built, too; see Package.swift.
export CARILLON_DEVELOPMENT=1
build_traits=$(cat scripts/support/traits)
pkg-config --exists libpq 2>/dev/null || build_traits=${build_traits/,PostgreSQL/}
build_options=(--traits "$build_traits")
