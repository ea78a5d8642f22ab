#!/usr/bin/env bash
# Functions for other scripts to source; running this file by itself does nothing.
#
#   stage TITLE COMMAND...          runs one stage, times it, keeps its outcome for the summary, and returns it
#   budget SECONDS                  what the next stage may take on two cores; the summary says so, and where it took more
#   record TITLE OUTCOME SECONDS    adds a line to the summary for what is no stage; the outcome FAILED counts
#   conclude [REMARK]               prints the summary, and fails if anything did
#
# A command is called where `set -e` does not reach, so each returns its own outcome. Written for bash 3.2 and later.

_stages_summary=''
_stages_failed=0
_stages_budget=''

budget() {
    _stages_budget=$1
}

record() {
    local limit=''
    if [ -n "$_stages_budget" ]; then
        limit=" of $_stages_budget s"
        [ "$3" -le "$_stages_budget" ] || limit+=', OVER BUDGET'
        _stages_budget=''
    fi
    _stages_summary+=$(printf '  %-36s %-8s %5s s%s' "$1" "$2" "$3" "$limit")$'\n'
    [ "$2" != FAILED ] || _stages_failed=$((_stages_failed + 1))
}

stage() {
    local title=$1 started=$SECONDS outcome=passed status=0
    shift
    printf '\n==> %s\n' "$title"
    "$@" || {
        status=1
        outcome=FAILED
    }
    record "$title" "$outcome" $((SECONDS - started))
    printf '==> %s: %s in %d s\n' "$title" "$outcome" $((SECONDS - started))
    return "$status"
}

conclude() {
    printf '\nSummary\n%s' "$_stages_summary"
    if [ "$_stages_failed" -gt 0 ]; then
        printf '%d of the stages FAILED%s, %d s in all\n' "$_stages_failed" "${1:-}" "$SECONDS"
        return 1
    fi
    printf 'All stages passed%s, %d s in all\n' "${1:-}" "$SECONDS"
}
