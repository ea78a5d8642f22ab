/// Names this module for Swift. It has nothing to call: see disk_calls.c.
#ifndef CARILLON_TEST_DISK_CALLS_H
#define CARILLON_TEST_DISK_CALLS_H
#endif
