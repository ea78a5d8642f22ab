#!/usr/bin/env bash
# `k IN (SELECT value FROM json_each(?))` with a list of one number: how much memory does SQLite ask for? The list goes into
# a table of the statement's own, whose page cache begins with 20 pages at once, as that of a database does. So does every
# list, sorter and recursive walk of a statement, each time it is executed.
#
# Seen: SQLite 3.40.1 (Debian 12): the largest allocation is one of 87,200 bytes. With
# `sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0)` before the library is first used it is one of 4,360. On the main
# thread of this program both take the same time; a server that executes many small statements on other threads took 515 µs
# instead of 745 from adding a job until it started.
#
# Run by hand. Installs nothing: the package is unpacked in a temporary folder. Exit status 0 where all is as above.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get update -qq
apt-get download -qq libsqlite3-0=3.40.1-2+deb12u2 2>/dev/null
dpkg -x libsqlite3-0_*.deb sqlite

cat >measure.py <<'PYTHON'
import ctypes
import glob
import sys
import time

library = ctypes.CDLL(glob.glob("sqlite/usr/lib/*/libsqlite3.so.0")[0])
library.sqlite3_libversion.restype = ctypes.c_char_p
SQLITE_CONFIG_PAGECACHE, SQLITE_STATUS_MALLOC_SIZE, SQLITE_ROW = 7, 5, 100

if sys.argv[1] == "one by one":
    library.sqlite3_config.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    assert library.sqlite3_config(SQLITE_CONFIG_PAGECACHE, None, 0, 0) == 0

database, statement = ctypes.c_void_p(), ctypes.c_void_p()
assert library.sqlite3_open(b":memory:", ctypes.byref(database)) == 0
assert library.sqlite3_exec(database, b"CREATE TABLE t (k INTEGER PRIMARY KEY)", None, None, None) == 0
sql = b"SELECT count(*) FROM t WHERE k IN (SELECT value FROM json_each('[1]'))"
assert library.sqlite3_prepare_v2(database, sql, -1, ctypes.byref(statement), None) == 0


def execute():
    while library.sqlite3_step(statement) == SQLITE_ROW:
        pass
    library.sqlite3_reset(statement)


def largest_allocation():
    now, most = ctypes.c_int(), ctypes.c_int()
    library.sqlite3_status(SQLITE_STATUS_MALLOC_SIZE, ctypes.byref(now), ctypes.byref(most), 1)
    return most.value


largest_allocation()
execute()
largest = largest_allocation()
begin = time.process_time()
for _ in range(20000):
    execute()
each = (time.process_time() - begin) / 20000 * 1e6
print(f"SQLite {library.sqlite3_libversion().decode()}, pages {sys.argv[1]}: "
      f"largest allocation {largest} bytes, {each:.1f} µs an execution", file=sys.stderr)
print(largest)
PYTHON

[ "$(python3 measure.py 'twenty at once')" = 87200 ]
[ "$(python3 measure.py 'one by one')" = 4360 ]
