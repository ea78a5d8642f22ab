#ifndef STATEMENT_COUNT_H
#define STATEMENT_COUNT_H

#include <stdint.h>

/// What SQLite was asked to do in this process since it began.
struct statement_count {
    /// Statements that were begun, BEGIN and COMMIT among them.
    int64_t statements;
    /// Transactions that wrote.
    int64_t commits;
    /// Transactions that wrote to the table of nodes, and the statements in them.
    int64_t heartbeats;
    int64_t heartbeat_statements;
};

struct statement_count statement_count_now(void);

#endif
