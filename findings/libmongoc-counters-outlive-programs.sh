#!/usr/bin/env bash
# A program that is linked with libmongoc 1.23, and calls nothing of it, makes a file of counters in /dev/shm when it starts. If it is
# killed, the file stays. Nothing but the environment (MONGOC_DISABLE_SHM) keeps it from that, since it happens before `main`.
#
# Seen with libmongoc 1.23.1 of Debian 12: the file is there before the program prints its first line, and after SIGKILL. A later
# program with the same process number writes a warning to standard error when it starts.
#
# Run by hand, on Debian 12 with a package index. Exit status 0 where all is as above.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder" /dev/shm/mongoc-"${number:-none}"' EXIT
cd "$folder"
version=1.23.1-1+deb12u3
apt-get download "libmongoc-1.0-0=$version" "libbson-1.0-0=$version" libmongocrypt0=1.7.2-1 libsnappy1v5=1.1.9-3 >/dev/null 2>&1
for package in ./*.deb; do dpkg-deb -x "$package" root; done
echo "libmongoc $version"
export LD_LIBRARY_PATH=$folder/root/usr/lib/$(uname -m)-linux-gnu
printf 'int mongoc_get_major_version(void);\n#include <stdio.h>\n#include <unistd.h>\nint (*never)(void) = mongoc_get_major_version;\nint main(void) { puts("main"); fflush(stdout); pause(); return never != 0; }\n' >program.c
cc -o program program.c -L"$LD_LIBRARY_PATH" -l:libmongoc-1.0.so.0 -Wl,--allow-shlib-undefined

start() {
    mkfifo said
    "$@" >said &
    number=$!
    read -r line <said
    rm said
    [ "$line" = main ]
}

start ./program
[ -e "/dev/shm/mongoc-$number" ]
echo "in main, before any call: /dev/shm/mongoc-NUMBER is there"
kill -KILL "$number"
wait "$number" 2>/dev/null || true
[ -e "/dev/shm/mongoc-$number" ]
echo "after SIGKILL: it is still there"
rm "/dev/shm/mongoc-$number"

start env MONGOC_DISABLE_SHM=1 ./program
[ ! -e "/dev/shm/mongoc-$number" ]
echo "with MONGOC_DISABLE_SHM: there is none"
kill -KILL "$number"
wait "$number" 2>/dev/null || true
