#!/usr/bin/env bash
# Functions for the scripts that start servers for tests; running this file by itself does nothing.
#
#   fail WORDS...       says what is wrong on standard error, after the name of the script, and ends it
#   free_port           prints a port of 127.0.0.1 that nobody uses
#   listens PORT        waits until somebody listens on a port of 127.0.0.1, ten seconds at most
#   freeze PROCESS...   stops processes where they are (SIGSTOP), and returns once they stand still
#   certify NAME USER   makes a certificate for a host in $folder, by an authority that nobody else knows. The server runs
#                       as USER if root starts it

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

listens() {
    local try
    for try in $(seq 1 200); do
        if (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
        sleep 0.05
    done
    return 1
}

freeze() {
    local process
    kill -STOP "$@"
    # A signal only asks: a thread of the process may answer once more before it stops.
    for process in "$@"; do
        until ! grep -q '^State:[[:space:]]*[RSD]' "/proc/$process/task"/*/status 2>/dev/null; do :; done
    done
}

certify() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Carillon's tests" -keyout "$folder/ca.key" -out "$folder/ca.pem"
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$folder/server.key" -out "$folder/server.csr"
    printf 'subjectAltName=DNS:%s\n' "$1" >"$folder/server.ext"
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
        -extfile "$folder/server.ext" -out "$folder/server.pem"
    chmod 600 "$folder/server.key"
    [ "$(id -u)" != 0 ] || chown "$2" "$folder/server.key" "$folder/server.pem"
}
