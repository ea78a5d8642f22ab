// The roof of a job store on PostgreSQL: one-off jobs are fired, taken and completed by SQL written by hand, in pipeline
// mode and with binary arrays, on the leanest tables that keep the contract: versions of jobs, open runs with fences,
// history. There is no planner, no policy, no task, no listing and no heartbeat.
//
//   postgresql-roof ADDRESS fill COUNT         makes the tables and so many jobs that are due
//   postgresql-roof ADDRESS work NODE BATCH    fires, takes and completes until nothing is due; prints how many, and seconds
//   postgresql-roof ADDRESS schema 0           makes the schema `bench` anew, without tables
//   postgresql-roof ADDRESS analyze 0          has the server look at what is in the tables
//   postgresql-roof ADDRESS commits COUNT      commits single rows; prints the median of microseconds
#include <endian.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_LIMIT 2000
#define INT8_ARRAY 1016

static PGconn *connection;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "postgresql-roof: %s: %s\n", what, connection ? PQerrorMessage(connection) : "");
    exit(1);
}

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// A list of numbers in the binary form of BIGINT[].
struct list {
    int count;
    char bytes[20 + 12 * BATCH_LIMIT];
};

static void put32(char *at, uint32_t value) {
    value = htobe32(value);
    memcpy(at, &value, sizeof value);
}

static void clear(struct list *list) { list->count = 0; }

static void append(struct list *list, int64_t value) {
    char *at = list->bytes + 20 + 12 * list->count++;
    put32(at, 8);
    uint64_t bits = htobe64((uint64_t)value);
    memcpy(at + 4, &bits, sizeof bits);
}

static int seal(struct list *list) {
    put32(list->bytes, list->count ? 1 : 0);
    put32(list->bytes + 4, 0);
    put32(list->bytes + 8, 20); // the type BIGINT
    put32(list->bytes + 12, (uint32_t)list->count);
    put32(list->bytes + 16, 1);
    return list->count ? 20 + 12 * list->count : 12;
}

static int64_t number(const PGresult *result, int row, int column) {
    uint64_t bits;
    memcpy(&bits, PQgetvalue(result, row, column), sizeof bits);
    return (int64_t)be64toh(bits);
}

static void execute(const char *sql) {
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(sql);
    PQclear(result);
}

// Statements of a pass, by their names.
static const char *const statements[][2] = {
    {"begin", "BEGIN ISOLATION LEVEL READ COMMITTED"},
    {"commit", "COMMIT"},
    {"due",
        "SELECT generation, version, next_due FROM roof_jobs WHERE state = 0 AND next_due <= $1::bigint "
        "ORDER BY next_due, generation LIMIT $2::bigint FOR UPDATE SKIP LOCKED"},
    {"lock",
        "SELECT j.generation, j.version FROM unnest($1::bigint[]) AS g (generation) JOIN roof_jobs j USING (generation) "
        "ORDER BY j.generation FOR UPDATE OF j"},
    {"open",
        "SELECT o.generation, o.scheduled, o.state, o.fence, o.started FROM unnest($1::bigint[]) AS g (generation) "
        "JOIN roof_open_runs o USING (generation)"},
    {"advance",
        "UPDATE roof_jobs j SET version = version + 1, next_due = NULL FROM unnest($1::bigint[], $2::bigint[]) "
        "AS r (generation, expected) WHERE j.generation = r.generation AND version = expected"},
    {"touch",
        "UPDATE roof_jobs j SET version = version + 1 FROM unnest($1::bigint[]) AS r (generation) "
        "WHERE j.generation = r.generation"},
    {"take",
        "INSERT INTO roof_open_runs (generation, scheduled, state, node, fence, started) "
        "SELECT g, s, 2, $3::bigint, 1, $4::bigint FROM unnest($1::bigint[], $2::bigint[]) AS r (g, s)"},
    {"end",
        "DELETE FROM roof_open_runs o USING unnest($1::bigint[], $2::bigint[]) AS r (g, s) "
        "WHERE o.generation = r.g AND o.scheduled = r.s AND o.fence = 1"},
    {"keep",
        "INSERT INTO roof_past_runs (generation, scheduled, outcome, node, fence, started, finished) "
        "SELECT g, s, 10, $3::bigint, 1, $4::bigint, $4::bigint FROM unnest($1::bigint[], $2::bigint[]) AS r (g, s)"},
};

static void prepare_all(void) {
    for (size_t index = 0; index < sizeof statements / sizeof *statements; index++) {
        PGresult *result = PQprepare(connection, statements[index][0], statements[index][1], 0, NULL);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(statements[index][0]);
        PQclear(result);
    }
}

struct value {
    const char *bytes;
    int length;
};

static void submit(const char *name, int count, const struct value *values) {
    const char *bytes[4] = {0};
    int lengths[4] = {0}, formats[4] = {1, 1, 1, 1};
    for (int index = 0; index < count; index++) {
        bytes[index] = values[index].bytes;
        lengths[index] = values[index].length;
    }
    if (!PQsendQueryPrepared(connection, name, count, bytes, lengths, formats, 1)) fail(name);
}

// Sends what was submitted, and waits for the answer of the next statement.
static PGresult *answer(void) {
    PGresult *result = PQgetResult(connection);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail("a statement failed");
    PGresult *end = PQgetResult(connection);
    if (end) fail("more than one answer");
    return result;
}

static void expect(int rows) {
    PGresult *result = answer();
    if (rows >= 0 && atoi(PQcmdTuples(result)) != rows) fail("another number of rows was written");
    PQclear(result);
}

static void flush(void) {
    if (!PQsendFlushRequest(connection) || PQflush(connection) < 0) fail("flush");
}

static void synchronize(void) {
    if (!PQpipelineSync(connection)) fail("sync");
}

static void synchronized(void) {
    PGresult *result = PQgetResult(connection);
    if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) fail("no end of a pipeline");
    PQclear(result);
}

static struct list due_jobs, due_times, due_versions, ended_jobs, ended_times, looked_up;

// One pass: ends the runs of the one before, fires and takes what is due. Three round trips. Answers how many were taken.
static int pass(int64_t node, int64_t limit, int64_t now) {
    uint64_t node_bits = htobe64((uint64_t)node), limit_bits = htobe64((uint64_t)limit), now_bits = htobe64((uint64_t)now);
    struct value node_value = {(char *)&node_bits, 8}, now_value = {(char *)&now_bits, 8};
    submit("begin", 0, NULL);
    if (ended_jobs.count) submit("lock", 1, (struct value[]){{ended_jobs.bytes, seal(&ended_jobs)}});
    submit("due", 2, (struct value[]){now_value, {(char *)&limit_bits, 8}});
    flush();
    expect(-1);
    clear(&looked_up);
    if (ended_jobs.count) {
        PGresult *locked = answer();
        if (PQntuples(locked) != ended_jobs.count) fail("a job is gone");
        for (int row = 0; row < PQntuples(locked); row++) append(&looked_up, number(locked, row, 0));
        PQclear(locked);
    }
    PGresult *due = answer();
    clear(&due_jobs);
    clear(&due_times);
    clear(&due_versions);
    for (int row = 0; row < PQntuples(due); row++) {
        append(&due_jobs, number(due, row, 0));
        append(&due_versions, number(due, row, 1));
        append(&due_times, number(due, row, 2));
        append(&looked_up, number(due, row, 0));
    }
    PQclear(due);
    if (looked_up.count) {
        submit("open", 1, (struct value[]){{looked_up.bytes, seal(&looked_up)}});
        flush();
        PGresult *open = answer();
        if (PQntuples(open) != ended_jobs.count) fail("other runs are open");
        for (int row = 0; row < PQntuples(open); row++) number(open, row, 3);
        PQclear(open);
    }
    struct value ended_values[] = {
        {ended_jobs.bytes, seal(&ended_jobs)}, {ended_times.bytes, seal(&ended_times)}, node_value, now_value};
    struct value due_values[] = {{due_jobs.bytes, seal(&due_jobs)}, {due_times.bytes, seal(&due_times)}, node_value, now_value};
    if (ended_jobs.count) {
        submit("end", 2, ended_values);
        submit("keep", 4, ended_values);
        submit("touch", 1, ended_values);
    }
    if (due_jobs.count) {
        submit("take", 4, due_values);
        submit("advance", 2, (struct value[]){due_values[0], {due_versions.bytes, seal(&due_versions)}});
    }
    submit("commit", 0, NULL);
    synchronize();
    for (int index = 0; index < (ended_jobs.count ? 3 : 0); index++) expect(ended_jobs.count);
    for (int index = 0; index < (due_jobs.count ? 2 : 0); index++) expect(due_jobs.count);
    PGresult *commit = answer();
    if (strcmp(PQcmdStatus(commit), "COMMIT")) fail("the transaction was rolled back");
    PQclear(commit);
    synchronized();
    ended_jobs = due_jobs;
    ended_times = due_times;
    return due_jobs.count;
}

static void fill(int64_t count) {
    char sql[400];
    execute(
        "SET client_min_messages = warning;"
        "DROP TABLE IF EXISTS roof_jobs, roof_open_runs, roof_past_runs;"
        "CREATE TABLE roof_jobs (generation BIGINT PRIMARY KEY, version BIGINT NOT NULL, state BIGINT NOT NULL,"
        " next_due BIGINT) WITH (fillfactor = 70);"
        "CREATE INDEX roof_due ON roof_jobs (next_due, generation) WHERE state = 0;"
        "CREATE TABLE roof_open_runs (generation BIGINT, scheduled BIGINT, state BIGINT NOT NULL, node BIGINT,"
        " fence BIGINT NOT NULL, started BIGINT, PRIMARY KEY (generation, scheduled));"
        "CREATE TABLE roof_past_runs (generation BIGINT, scheduled BIGINT, outcome BIGINT NOT NULL, node BIGINT,"
        " fence BIGINT NOT NULL, started BIGINT, finished BIGINT, PRIMARY KEY (generation, scheduled))");
    snprintf(sql, sizeof sql,
        "INSERT INTO roof_jobs SELECT n, 1, 0, 1000000 + n FROM generate_series(1, %lld) AS n", (long long)count);
    execute(sql);
    execute("VACUUM ANALYZE roof_jobs");
}

static void work(int64_t node, int64_t batch) {
    prepare_all();
    if (!PQenterPipelineMode(connection)) fail("pipeline mode");
    int64_t total = 0;
    double start = seconds();
    do {
        total += pass(node, batch, INT64_C(1) << 50);
    } while (due_jobs.count);
    printf("%lld %.4f\n", (long long)total, seconds() - start);
}

static int compare(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return difference < 0 ? -1 : difference > 0;
}

static void commits(int count) {
    double *times = calloc((size_t)count, sizeof *times);
    if (!times) fail("no memory");
    execute("SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS roof_commits (number BIGINT PRIMARY KEY); TRUNCATE roof_commits");
    PGresult *result = PQprepare(connection, "one", "INSERT INTO roof_commits VALUES ($1::bigint)", 1, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("one");
    PQclear(result);
    for (int index = 0; index < count; index++) {
        char text[20];
        snprintf(text, sizeof text, "%d", index);
        double start = seconds();
        result = PQexecPrepared(connection, "one", 1, (const char *[]){text}, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("one");
        PQclear(result);
        times[index] = seconds() - start;
    }
    qsort(times, (size_t)count, sizeof *times, compare);
    printf("%.1f\n", times[count / 2] * 1e6);
    free(times);
}

int main(int count, char **arguments) {
    if (count < 4) fail("an address, what to do and a number are needed");
    connection = PQconnectdb(arguments[1]);
    if (PQstatus(connection) != CONNECTION_OK) fail("cannot connect");
    int64_t first = atoll(arguments[3]);
    if (!strcmp(arguments[2], "fill")) {
        fill(first);
    } else if (!strcmp(arguments[2], "work") && count == 5 && atoll(arguments[4]) <= BATCH_LIMIT / 2) {
        work(first, atoll(arguments[4]));
    } else if (!strcmp(arguments[2], "schema")) {
        execute("SET client_min_messages = warning; DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench");
    } else if (!strcmp(arguments[2], "analyze")) {
        execute("VACUUM ANALYZE");
    } else if (!strcmp(arguments[2], "commits")) {
        commits((int)first);
    } else {
        fail("does not know what to do");
    }
    PQfinish(connection);
}
