#ifndef CARILLON_QT_WINDOW_H
#define CARILLON_QT_WINDOW_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// The window of the example. Everything is called on the main thread.

// Makes the application and shows the window.
void window_open(void (*is_paused)(bool paused));

// Shows a job in the row that has its id, or in a new one.
void window_show_job(const char *id, const char *schedule, const char *last_run, const char *outcome, bool is_good);

// Shows whether the scheduler is paused.
void window_show_paused(bool paused);

// Presses the button.
void window_press_pause(void);

// Prints what the window shows, and closes it.
void window_print_and_close(void);

// Returns when the window has been closed, with the exit status.
int window_exec(void);

#ifdef __cplusplus
}
#endif

#endif
