#ifndef TIMER_ROOF_H
#define TIMER_ROOF_H

#include <stdint.h>

/// Waits for a timer of the system (timerfd) so many times, a fixed time apart, on the calling thread.
///
/// @param lateness  Filled with how many microseconds after its time each wait returned.
/// @return 0, or -1 where the system refuses.
int timer_roof(int count, int64_t period_microseconds, double *lateness);

#endif
