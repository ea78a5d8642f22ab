#!/usr/bin/env bash
# A MariaDB server that starts deletes the temporary tables of every other server whose `tmpdir` is the same folder, while
# these are in use. `tmpdir` is /tmp unless it is set, for all servers of a machine, even if each has a data folder of its own.
#
# Seen with MariaDB 10.11.19 of Debian 12. A session has a temporary table with an index, on the first of two servers. Once the
# second server has started, the table's files are gone. The session reads on from files that it has open; a statement that
# has to open them gets error 1017, and after that the table is unknown (1051). The server's own temporary tables, which it makes
# for some UPDATE, DELETE and ORDER BY, are in the same folder: such a statement fails now and then when another server starts.
# With a `tmpdir` of its own for each server the files stay.
#
# Run by hand, on Debian 12 with a package index. Exit status 0 where all is as above.
set -euo pipefail

version=1:10.11.19-0+deb12u1
folder=$(mktemp -d)
leave() {
    for name in first second third; do kill -KILL "$(cat "$folder/$name.pid" 2>/dev/null)" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap leave EXIT
cd "$folder"
chmod 755 .

apt-get download "mariadb-server-core=$version" "mariadb-client-core=$version" >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" root; done
root=$folder/root/usr
"$root/sbin/mariadbd" --version

user=$(id -un)
# start NAME TMPDIR
start() {
    "$root/bin/mariadb-install-db" --no-defaults --basedir="$root" --user="$user" --datadir="$folder/$1" \
        --auth-root-authentication-method=normal --skip-test-db >install.log 2>&1
    "$root/sbin/mariadbd" --no-defaults --basedir="$root" --user="$user" --datadir="$folder/$1" --tmpdir="$2" \
        --lc-messages-dir="$root/share/mysql" --plugin-dir="$root/lib/mysql/plugin" --skip-networking \
        --socket="$folder/$1.sock" --pid-file="$folder/$1.pid" >"$1.log" 2>&1 &
    disown
    for _ in $(seq 1 200); do
        ! client "$1" -e 'SELECT 1' >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    cat "$1.log" >&2
    return 1
}
client() { "$root/bin/mariadb" --no-defaults --protocol=socket --socket="$folder/$1.sock" -u root "${@:2}"; }
files() { find "$1" -name '#sql*' | wc -l; }

mkdir shared own
start first "$folder/shared"

# One session that stays, with a table that is in use: two of its handlers cannot share what is open.
mkfifo statements
client first --force --skip-column-names --unbuffered <statements >answers 2>errors &
exec 3>statements
# ask STATEMENT: and waits until it was answered.
number=0
ask() {
    number=$((number + 1))
    printf '%s\nSELECT "answered %d";\n' "$1" "$number" >&3
    for _ in $(seq 1 200); do
        ! grep -q "^answered $number\$" answers || return 0
        sleep 0.1
    done
    return 1
}
ask 'CREATE DATABASE work; USE work; CREATE TEMPORARY TABLE t (number INT PRIMARY KEY) ENGINE = MyISAM; INSERT INTO t VALUES (1), (2);'
before=$(files shared)

start third "$folder/own"
beside=$(files shared)
ask 'SELECT count(*) FROM t;'

start second "$folder/shared"
after=$(files shared)
ask 'SELECT count(*) FROM t;'
ask 'SELECT count(*) FROM t AS a JOIN t AS b USING (number);'
ask 'DROP TEMPORARY TABLE t;'
exec 3>&-

echo "files of the temporary table: $before"
echo "after a server with a folder of its own has started: $beside"
echo "after a server with the same folder has started: $after"
echo "what the session is answered:"
grep -v '^answered' answers
cat errors
[ "$before" -gt 0 ] && [ "$beside" -eq "$before" ] && [ "$after" -eq 0 ] && grep -q '^ERROR 1017 ' errors && grep -q '^ERROR 1051 ' errors
