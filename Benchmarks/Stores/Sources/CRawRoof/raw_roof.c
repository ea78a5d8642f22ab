#include "raw_roof.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

// So many rows go into one insertion, as in the store.
#define ROWS_AT_ONCE 20
#define ID_LIMIT 208

// A job or a run on its way through a transaction.
struct item {
    int64_t generation, next_scheduled, version, fence;
    int64_t scheduled, due, started, finished, available;
    char id[ID_LIMIT];
};

struct raw_roof {
    sqlite3 *database;
    bool has_store_schema;
    sqlite3_stmt *begin, *commit, *due, *ready, *job, *open_runs, *advance, *touch, *insert_run,
        *insert_runs, *take_run, *delete_run, *insert_past, *insert_pasts, *complete_run;
    struct item *taken;
    int taken_count, taken_capacity, completed_count;
    struct item *batch;
    int batch_capacity;
};

static const char *settings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA cache_size = -16000;";

static bool prepare(raw_roof *roof, sqlite3_stmt **statement, const char *sql) {
    return sqlite3_prepare_v3(roof->database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK;
}

// The same insertion for several rows at once.
static bool prepare_rows(raw_roof *roof, sqlite3_stmt **statement, const char *insertion, const char *row, int rows) {
    size_t row_length = strlen(row), length = strlen(insertion);
    char *sql = malloc(length + (row_length + 1) * (size_t)rows + 1);
    if (!sql) return false;
    memcpy(sql, insertion, length);
    for (int index = 0; index < rows; index++) {
        if (index) sql[length++] = ',';
        memcpy(sql + length, row, row_length);
        length += row_length;
    }
    sql[length] = 0;
    bool is_prepared = prepare(roof, statement, sql);
    free(sql);
    return is_prepared;
}

#define RUN_COLUMNS                                                                                                 \
    "generation, scheduled, kind, number, attempt, job, due, state, node, available, fence, recoveries, "           \
    "cancel_requested, started, finished, error, result, log, task, arguments"
#define JOB_COLUMNS                                                                                                 \
    "generation, state, paused_since, next_scheduled, next_due, definition_version, state_version, waiting_since, id"

static bool prepare_on_store_schema(raw_roof *roof) {
    const char *open_run = "INSERT INTO carillon_open_runs (" RUN_COLUMNS
                           ", takeable, ready_task, priority) VALUES ";
    // The constants are those of a first attempt at a scheduled occurrence that nobody has taken.
    const char *open_row = "(?, ?, 0, 0, 1, ?, ?, 1, NULL, ?, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, "
                           "'work', 0)";
    const char *past_run = "INSERT INTO carillon_past_runs (" RUN_COLUMNS ", task_group, node_group, class) VALUES ";
    // All of one task and node, and of the class "succeeded, on time".
    const char *past_row = "(?, ?, 0, 0, 1, ?, ?, 10, NULL, ?, ?, 0, 0, ?, ?, NULL, NULL, NULL, NULL, NULL, 1, 2, 80)";
    return prepare(roof, &roof->due,
            "SELECT " JOB_COLUMNS " FROM carillon_jobs WHERE state = 0 AND task = 'work' AND next_due <= ? "
            "ORDER BY next_due, id LIMIT ?")
        && prepare(roof, &roof->ready,
            "SELECT generation FROM carillon_open_runs WHERE takeable = 1 AND ready_task = 'work' AND priority = 0 "
            "AND available <= ? ORDER BY available, job LIMIT ?")
        && prepare(roof, &roof->job, "SELECT " JOB_COLUMNS " FROM carillon_jobs WHERE generation = ?")
        && prepare(roof, &roof->open_runs, "SELECT " RUN_COLUMNS " FROM carillon_open_runs WHERE generation = ?")
        && prepare(roof, &roof->advance,
            "UPDATE carillon_jobs SET state_version = state_version + 1, next_scheduled = ?, next_due = ? "
            "WHERE generation = ? AND state_version = ?")
        && prepare(roof, &roof->touch,
            "UPDATE carillon_jobs SET state_version = state_version + 1 WHERE generation = ? AND state_version = ?")
        && prepare_rows(roof, &roof->insert_run, open_run, open_row, 1)
        && prepare_rows(roof, &roof->insert_runs, open_run, open_row, ROWS_AT_ONCE)
        && prepare(roof, &roof->take_run,
            "UPDATE carillon_open_runs SET state = 2, node = 'node', fence = fence + 1, started = ?, takeable = 0 "
            "WHERE generation = ? AND scheduled = ? AND kind = 0 AND number = 0 AND attempt = 1")
        && prepare(roof, &roof->delete_run,
            "DELETE FROM carillon_open_runs WHERE generation = ? AND scheduled = ? AND kind = 0 AND number = 0 "
            "AND attempt = 1 AND fence = ? AND state = 2")
        && prepare_rows(roof, &roof->insert_past, past_run, past_row, 1)
        && prepare_rows(roof, &roof->insert_pasts, past_run, past_row, ROWS_AT_ONCE);
}

static bool prepare_least(raw_roof *roof) {
    const char *run = "INSERT INTO runs VALUES ";
    const char *row = "(?, ?, 1, NULL, ?, 0, NULL, NULL)";
    return prepare(roof, &roof->due, "SELECT key, due, version FROM jobs WHERE due <= ? ORDER BY due LIMIT ?")
        && prepare(roof, &roof->ready,
            "SELECT job, scheduled, fence FROM runs WHERE state = 1 AND available <= ? ORDER BY available LIMIT ?")
        && prepare(roof, &roof->advance, "UPDATE jobs SET due = ?, version = version + 1 WHERE key = ? AND version = ?")
        && prepare(roof, &roof->touch, "UPDATE jobs SET version = version + 1 WHERE key = ?")
        && prepare_rows(roof, &roof->insert_run, run, row, 1)
        && prepare_rows(roof, &roof->insert_runs, run, row, ROWS_AT_ONCE)
        && prepare(roof, &roof->take_run,
            "UPDATE runs SET state = 2, fence = fence + 1, started = ?, node = 'node' WHERE job = ? AND scheduled = ?")
        && prepare(roof, &roof->complete_run,
            "UPDATE runs SET state = 10, node = NULL, finished = ? WHERE job = ? AND scheduled = ? AND fence = ? "
            "AND state = 2");
}

raw_roof *raw_roof_open(const char *path, bool has_store_schema) {
    raw_roof *roof = calloc(1, sizeof *roof);
    if (!roof) return NULL;
    roof->has_store_schema = has_store_schema;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    bool is_open = sqlite3_open_v2(path, &roof->database, flags, NULL) == SQLITE_OK
        && sqlite3_busy_timeout(roof->database, 60000) == SQLITE_OK && raw_roof_execute(roof, settings);
    if (is_open && !has_store_schema) {
        is_open = raw_roof_execute(roof,
            "CREATE TABLE jobs (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, due INTEGER NOT NULL,"
            " version INTEGER NOT NULL);"
            "CREATE TABLE runs (job INTEGER NOT NULL, scheduled INTEGER NOT NULL, state INTEGER NOT NULL, node TEXT,"
            " available INTEGER NOT NULL, fence INTEGER NOT NULL, started INTEGER, finished INTEGER,"
            " PRIMARY KEY (job, scheduled)) WITHOUT ROWID;"
            "CREATE INDEX jobs_due ON jobs (due);"
            "CREATE INDEX runs_ready ON runs (available) WHERE state = 1;");
    }
    is_open = is_open && prepare(roof, &roof->begin, "BEGIN IMMEDIATE") && prepare(roof, &roof->commit, "COMMIT")
        && (has_store_schema ? prepare_on_store_schema(roof) : prepare_least(roof));
    if (is_open) return roof;
    raw_roof_close(roof);
    return NULL;
}

bool raw_roof_execute(raw_roof *roof, const char *sql) {
    return sqlite3_exec(roof->database, sql, NULL, NULL, NULL) == SQLITE_OK;
}

// Executes a statement whose values are bound; whether it wrote so many rows.
static bool write_rows(raw_roof *roof, sqlite3_stmt *statement, int rows) {
    bool is_done = sqlite3_step(statement) == SQLITE_DONE && (rows < 0 || sqlite3_changes(roof->database) == rows);
    sqlite3_reset(statement);
    return is_done;
}

static void read_job(sqlite3_stmt *row, struct item *item) {
    item->generation = sqlite3_column_int64(row, 0);
    int length = sqlite3_column_bytes(row, 8);
    if (length >= ID_LIMIT) length = ID_LIMIT - 1;
    memcpy(item->id, sqlite3_column_text(row, 8), (size_t)length);
    item->id[length] = 0;
    // What else a plan must know of a job.
    for (int column = 1; column < 8; column++) sqlite3_column_int64(row, column);
    item->next_scheduled = sqlite3_column_int64(row, 3);
    item->version = sqlite3_column_int64(row, 6);
}

// Reads a job by its generation, and the last of its open runs.
static bool read_unit(raw_roof *roof, struct item *item, bool is_job_known) {
    bool is_found = is_job_known;
    if (!is_job_known) {
        sqlite3_bind_int64(roof->job, 1, item->generation);
        while (sqlite3_step(roof->job) == SQLITE_ROW) {
            read_job(roof->job, item);
            is_found = true;
        }
        sqlite3_reset(roof->job);
    }
    sqlite3_bind_int64(roof->open_runs, 1, item->generation);
    while (sqlite3_step(roof->open_runs) == SQLITE_ROW) {
        for (int column = 2; column < 20; column++) sqlite3_column_int64(roof->open_runs, column);
        item->scheduled = sqlite3_column_int64(roof->open_runs, 1);
        item->due = sqlite3_column_int64(roof->open_runs, 6);
        item->available = sqlite3_column_int64(roof->open_runs, 9);
        item->fence = sqlite3_column_int64(roof->open_runs, 10);
        item->started = sqlite3_column_int64(roof->open_runs, 13);
    }
    sqlite3_reset(roof->open_runs);
    return is_found;
}

static bool grow(struct item **items, int *capacity, int wanted) {
    if (wanted <= *capacity) return true;
    struct item *grown = realloc(*items, sizeof **items * (size_t)wanted);
    if (!grown) return false;
    *items = grown;
    *capacity = wanted;
    return true;
}

static int bind_new_run(raw_roof *roof, sqlite3_stmt *statement, int at, const struct item *item) {
    sqlite3_bind_int64(statement, at++, item->generation);
    sqlite3_bind_int64(statement, at++, item->next_scheduled);
    if (roof->has_store_schema) {
        sqlite3_bind_text(statement, at++, item->id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, at++, item->next_scheduled);
    }
    sqlite3_bind_int64(statement, at++, item->next_scheduled);
    return at;
}

static int bind_past_run(raw_roof *roof, sqlite3_stmt *statement, int at, const struct item *item) {
    (void)roof;
    sqlite3_bind_int64(statement, at++, item->generation);
    sqlite3_bind_int64(statement, at++, item->scheduled);
    sqlite3_bind_text(statement, at++, item->id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, at++, item->due);
    sqlite3_bind_int64(statement, at++, item->available);
    sqlite3_bind_int64(statement, at++, item->fence);
    sqlite3_bind_int64(statement, at++, item->started);
    sqlite3_bind_int64(statement, at++, item->finished);
    return at;
}

// Inserts a row for each item, several at once.
static bool insert_rows(raw_roof *roof, sqlite3_stmt *one, sqlite3_stmt *many, const struct item *items, int count,
    int (*bind)(raw_roof *, sqlite3_stmt *, int, const struct item *)) {
    int index = 0;
    while (index < count) {
        int rows = count - index >= ROWS_AT_ONCE ? ROWS_AT_ONCE : 1;
        sqlite3_stmt *statement = rows > 1 ? many : one;
        int at = 1;
        for (int row = 0; row < rows; row++) at = bind(roof, statement, at, &items[index + row]);
        if (!write_rows(roof, statement, rows)) return false;
        index += rows;
    }
    return true;
}

static int ended(raw_roof *roof, bool is_right, int count) {
    is_right = is_right && write_rows(roof, roof->commit, -1);
    return is_right ? count : -1;
}

int raw_roof_fire(raw_roof *roof, int count, int64_t now) {
    if (!grow(&roof->batch, &roof->batch_capacity, count) || !write_rows(roof, roof->begin, -1)) return -1;
    struct item *jobs = roof->batch;
    int found = 0;
    sqlite3_bind_int64(roof->due, 1, now);
    sqlite3_bind_int(roof->due, 2, count);
    while (sqlite3_step(roof->due) == SQLITE_ROW) {
        struct item *job = &jobs[found++];
        if (roof->has_store_schema) {
            read_job(roof->due, job);
        } else {
            job->generation = sqlite3_column_int64(roof->due, 0);
            job->next_scheduled = sqlite3_column_int64(roof->due, 1);
            job->version = sqlite3_column_int64(roof->due, 2);
        }
    }
    sqlite3_reset(roof->due);
    bool is_right = true;
    for (int index = 0; index < found && is_right; index++) {
        if (roof->has_store_schema) is_right = read_unit(roof, &jobs[index], true);
        int at = 1;
        int64_t next = jobs[index].next_scheduled + 60000000;
        sqlite3_bind_int64(roof->advance, at++, next);
        if (roof->has_store_schema) sqlite3_bind_int64(roof->advance, at++, next);
        sqlite3_bind_int64(roof->advance, at++, jobs[index].generation);
        sqlite3_bind_int64(roof->advance, at++, jobs[index].version);
        is_right = is_right && write_rows(roof, roof->advance, 1);
    }
    is_right = is_right && insert_rows(roof, roof->insert_run, roof->insert_runs, jobs, found, bind_new_run);
    return ended(roof, is_right, found);
}

int raw_roof_take(raw_roof *roof, int count, int64_t now) {
    if (roof->completed_count == roof->taken_count) roof->completed_count = roof->taken_count = 0;
    if (!grow(&roof->taken, &roof->taken_capacity, roof->taken_count + count)) return -1;
    if (!write_rows(roof, roof->begin, -1)) return -1;
    struct item *runs = roof->taken + roof->taken_count;
    int found = 0;
    sqlite3_bind_int64(roof->ready, 1, now);
    sqlite3_bind_int(roof->ready, 2, count);
    while (sqlite3_step(roof->ready) == SQLITE_ROW) {
        struct item *run = &runs[found++];
        run->generation = sqlite3_column_int64(roof->ready, 0);
        if (roof->has_store_schema) continue;
        run->scheduled = sqlite3_column_int64(roof->ready, 1);
        run->fence = sqlite3_column_int64(roof->ready, 2);
    }
    sqlite3_reset(roof->ready);
    bool is_right = true;
    for (int index = 0; index < found && is_right; index++) {
        struct item *run = &runs[index];
        if (roof->has_store_schema) {
            is_right = read_unit(roof, run, false);
            sqlite3_bind_int64(roof->touch, 2, run->version);
        }
        sqlite3_bind_int64(roof->take_run, 1, now);
        sqlite3_bind_int64(roof->take_run, 2, run->generation);
        sqlite3_bind_int64(roof->take_run, 3, run->scheduled);
        sqlite3_bind_int64(roof->touch, 1, run->generation);
        is_right = is_right && write_rows(roof, roof->take_run, 1) && write_rows(roof, roof->touch, 1);
        run->fence++;
    }
    roof->taken_count += found;
    return ended(roof, is_right, found);
}

int raw_roof_complete(raw_roof *roof, int count, int64_t now) {
    struct item *runs = roof->taken + roof->completed_count;
    int found = roof->taken_count - roof->completed_count;
    if (found > count) found = count;
    if (found == 0) return 0;
    if (!write_rows(roof, roof->begin, -1)) return -1;
    bool is_right = true;
    for (int index = 0; index < found && is_right; index++) {
        struct item *run = &runs[index];
        if (roof->has_store_schema) {
            is_right = read_unit(roof, run, false);
            run->finished = now;
            sqlite3_bind_int64(roof->delete_run, 1, run->generation);
            sqlite3_bind_int64(roof->delete_run, 2, run->scheduled);
            sqlite3_bind_int64(roof->delete_run, 3, run->fence);
            sqlite3_bind_int64(roof->touch, 2, run->version);
        } else {
            sqlite3_bind_int64(roof->complete_run, 1, now);
            sqlite3_bind_int64(roof->complete_run, 2, run->generation);
            sqlite3_bind_int64(roof->complete_run, 3, run->scheduled);
            sqlite3_bind_int64(roof->complete_run, 4, run->fence);
        }
        sqlite3_bind_int64(roof->touch, 1, run->generation);
        is_right = is_right && write_rows(roof, roof->has_store_schema ? roof->delete_run : roof->complete_run, 1)
            && write_rows(roof, roof->touch, 1);
    }
    if (roof->has_store_schema)
        is_right = is_right && insert_rows(roof, roof->insert_past, roof->insert_pasts, runs, found, bind_past_run);
    roof->completed_count += found;
    return ended(roof, is_right, found);
}

const char *raw_roof_failure(raw_roof *roof) {
    return roof ? sqlite3_errmsg(roof->database) : "the database cannot be opened";
}

void raw_roof_close(raw_roof *roof) {
    if (!roof) return;
    sqlite3_stmt *statement;
    while ((statement = sqlite3_next_stmt(roof->database, NULL))) sqlite3_finalize(statement);
    sqlite3_close(roof->database);
    free(roof->taken);
    free(roof->batch);
    free(roof);
}
