# Sourced by other scripts, in the root of the checkout: what `swift build` and `swift test` are called with, so that all of
# them share one build.
# shellcheck shell=bash

# Workers of the tests and examples are built, too; see Package.swift.
export CARILLON_DEVELOPMENT=1
build_options=(--traits "$(cat scripts/support/traits)")
