// Stands before SQLite's own sqlite3_step, counts, and calls it.
#define _GNU_SOURCE
#include "include/statement_count.h"

#include <dlfcn.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static _Atomic int64_t statements, commits, heartbeats, heartbeat_statements;

// A connection is used by one thread at a time, and a transaction by one alone.
static _Thread_local struct {
    int64_t statements;
    bool has_written;
    bool has_written_node;
} transaction;

struct statement_count statement_count_now(void) {
    return (struct statement_count){
        atomic_load(&statements),
        atomic_load(&commits),
        atomic_load(&heartbeats),
        atomic_load(&heartbeat_statements),
    };
}

static bool begins_with(const char *text, const char *word) { return strncasecmp(text, word, strlen(word)) == 0; }

int sqlite3_step(sqlite3_stmt *statement) {
    static int (*_Atomic own)(sqlite3_stmt *);
    int (*step)(sqlite3_stmt *) = atomic_load(&own);
    if (!step) {
        step = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_step");
        atomic_store(&own, step);
    }
    const char *text = sqlite3_sql(statement);
    bool is_new = !sqlite3_stmt_busy(statement);
    int result = step(statement);
    if (!is_new || !text) return result;
    atomic_fetch_add(&statements, 1);
    transaction.statements++;
    bool is_begin = begins_with(text, "BEGIN");
    if (is_begin) {
        transaction.statements = 1;
    } else if (!sqlite3_stmt_readonly(statement)) {
        transaction.has_written = true;
        if (strstr(text, "nodes")) transaction.has_written_node = true;
    }
    if (!is_begin && sqlite3_get_autocommit(sqlite3_db_handle(statement))) {
        if (transaction.has_written && result == SQLITE_DONE) atomic_fetch_add(&commits, 1);
        if (transaction.has_written_node) {
            atomic_fetch_add(&heartbeats, 1);
            atomic_fetch_add(&heartbeat_statements, transaction.statements);
        }
        transaction.statements = 0;
        transaction.has_written = false;
        transaction.has_written_node = false;
    }
    return result;
}
