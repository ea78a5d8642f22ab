# Sourced by other scripts, in the root of the checkout: what `swift build` and `swift test` are called with, so that all of
# them share one build. A store on a server is built in where its client library is installed: with
# `require_system_packages libpq-dev libmariadb-dev` before, these always are.
# shellcheck shell=bash

# Workers of the tests and examples are built, too; see Package.swift.
export CARILLON_DEVELOPMENT=1
build_traits=$(cat scripts/support/traits)
pkg-config --exists libpq 2>/dev/null || build_traits=${build_traits/,PostgreSQL/}
pkg-config --exists libmariadb 2>/dev/null || build_traits=${build_traits/,MySQL/}
build_options=(--traits "$build_traits")
