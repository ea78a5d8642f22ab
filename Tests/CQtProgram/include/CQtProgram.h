#ifndef CARILLON_QT_PROGRAM_H
#define CARILLON_QT_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The Qt side of the programs that the tests of the Qt scheduler run. Built with the trait `Qt` alone.

// Makes a QApplication, the one that there is.
void qt_program_make(void);

// QApplication::exec.
int32_t qt_program_exec(void);

// Asks the application to quit; from any thread.
void qt_program_quit(void);

// Destroys the application.
void qt_program_destroy(void);

// Has a function called on the application's thread, when its events are next processed.
void qt_program_call(void (*function)(void));

// Performs a nested event loop until qt_program_leave, as a dialog does; on the application's thread.
void qt_program_nest(void);
void qt_program_leave(void);

// Whether the calling thread is the application's.
bool qt_program_is_main_thread(void);

// Calls a function on another thread, one of Qt's, and returns when it has returned.
void qt_program_call_elsewhere(void (*function)(void));

#ifdef __cplusplus
}
#endif

#endif
