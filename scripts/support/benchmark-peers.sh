# Sourced by the benchmarks, in the root of the checkout: the schedulers of others that they measure beside ours.
# shellcheck shell=bash

peers=Benchmarks/.build-peers

say() {
    printf 'benchmark: %s\n' "$*" >&2
}

peer_packages=('apscheduler>=3.11,<4' croniter cronsim 'pgqueuer==1.6.0' asyncpg)

# Makes the environment of the peers, if it is not there yet, and says where it cannot; what goes wrong is in its log.
prepare_peers() {
    [ "$(cat "$peers/ready" 2>/dev/null)" != "${peer_packages[*]}" ] || return 0
    if ! command -v python3 >/dev/null 2>&1; then
        say 'peers left out: there is no python3'
        return 1
    fi
    rm -rf "$peers"
    mkdir -p "$peers"
    {
        python3 -m venv "$peers/venv" &&
            "$peers/venv/bin/pip" install --quiet --disable-pip-version-check "${peer_packages[@]}"
    } >"$peers/log" 2>&1 || {
        say "peers left out: pip could not install them ($(tail -n 1 "$peers/log"))"
        return 1
    }
    printf '%s\n' "${peer_packages[*]}" >"$peers/ready"
}
