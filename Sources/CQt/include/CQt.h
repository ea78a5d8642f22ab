#ifndef CARILLON_QT_H
#define CARILLON_QT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The main thread of a Qt application, as the scheduler needs it. Built with the trait `Qt` alone.
//
// Every application that is made is noticed, on the thread that makes it, and so is its end.

// Why a thread is not the one on which Qt's `exec` can drive a scheduler.
enum cqt_thread {
    CQT_THREAD_IS_MAIN,
    CQT_THREAD_WITHOUT_APPLICATION,
    CQT_THREAD_IS_NOT_THE_MAIN_ONE,
    // It is the application's thread, but that is not the main thread of the process.
    CQT_THREAD_OF_MISPLACED_APPLICATION,
};

// Says what the calling thread is.
enum cqt_thread cqt_calling_thread(void);

// What is called on the application's thread.
struct cqt_listener {
    // Once for each successful `cqt_post`; also while an event loop is nested in an earlier call.
    void (*perform)(void);
    // The application has been made.
    void (*began)(void);
    // The application quits: its `exec` is about to return.
    void (*quits)(void);
    // The application is being destroyed. `cqt_post` fails from now on.
    void (*ended)(void);
};

// Sets what is called. Call it once, before `cqt_post`, from any thread.
void cqt_listen(struct cqt_listener listener);

// Has `perform` called on the application's thread. False if there is no application, and then it is not called.
bool cqt_post(void);

// Has the event loop look at what was posted before; on the application's thread. An event loop that is nested in an event
// does not, if it comes from GLib, until something else is posted.
void cqt_look_again(void);

// Processes events on the application's thread until `is_over` is true, which is asked after each batch, or so much time
// has passed. Events of the user wait. Answers whether it is over.
bool cqt_process_until(bool (*is_over)(void *context), void *context, int64_t milliseconds);

#ifdef __cplusplus
}
#endif

#endif
