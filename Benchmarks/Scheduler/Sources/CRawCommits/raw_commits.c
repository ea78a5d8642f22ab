#include "include/raw_commits.h"

#include <sqlite3.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double raw_commits(const char *path, int rows) {
    sqlite3 *database = NULL;
    sqlite3_stmt *insertion = NULL;
    double rate = 0;
    if (sqlite3_open(path, &database) == SQLITE_OK &&
        sqlite3_exec(database,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
                     "CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)",
                     NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(database, "INSERT INTO rows (text) VALUES (printf('%.*c', 200, 'x'))", -1, &insertion,
                           NULL) == SQLITE_OK) {
        double begin = now();
        int done = 0;
        while (done < rows && sqlite3_step(insertion) == SQLITE_DONE) {
            sqlite3_reset(insertion);
            done++;
        }
        if (done == rows) rate = rows / (now() - begin);
    }
    sqlite3_finalize(insertion);
    sqlite3_close(database);
    return rate;
}
