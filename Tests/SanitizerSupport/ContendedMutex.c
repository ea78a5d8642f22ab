/* Tells the thread sanitizer of the locks that it cannot see: those of Synchronization.Mutex where threads contend.
 *
 * On Linux the compiler inlines the way of a Mutex that is free, with atomic operations that the sanitizer knows. One that
 * is held goes through functions of libswiftSynchronization, which is not built for the sanitizer and asks the kernel
 * (futex(2), FUTEX_LOCK_PI); so every contended Mutex would be reported as a race of what it guards. The functions here
 * take the place of those, call them, and say what they do in the sanitizer's words, on the address that the inlined
 * operations use. Nothing is suppressed: a value that is touched without its Mutex is reported as ever.
 *
 * scripts/check-sanitizers compiles this file, links it into what it tests, and first makes sure with a program of a few
 * lines that it does what is said here.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

typedef SWIFT void (*LockSlow)(uint32_t, SELF);
typedef SWIFT _Bool (*TryLockSlow)(SELF);
typedef SWIFT void (*UnlockSlow)(SELF);

/* The function that would have been called. */
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Synchronization._MutexHandle._lockSlow(UInt32) */
SWIFT void $s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF(uint32_t thread, SELF self) {
    static LockSlow lock;
    if (!lock) lock = (LockSlow)real(__func__);
    lock(thread, self);
    __tsan_acquire(self);
}

/* Synchronization._MutexHandle._tryLockSlow() -> Bool */
SWIFT _Bool $s15Synchronization12_MutexHandleV12_tryLockSlowSbyF(SELF self) {
    static TryLockSlow tryLock;
    if (!tryLock) tryLock = (TryLockSlow)real(__func__);
    _Bool isLocked = tryLock(self);
    if (isLocked) __tsan_acquire(self);
    return isLocked;
}

/* Synchronization._MutexHandle._unlockSlow() */
SWIFT void $s15Synchronization12_MutexHandleV11_unlockSlowyyF(SELF self) {
    static UnlockSlow unlock;
    if (!unlock) unlock = (UnlockSlow)real(__func__);
    __tsan_release(self);
    unlock(self);
}
