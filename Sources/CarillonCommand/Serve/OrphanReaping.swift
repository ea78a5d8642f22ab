#if Command
import Foundation

/// Takes processes off the system's list that have ended and were left to this one, as orphans are to process 1 of a
/// container: nobody else does, and they would fill it.
enum OrphanReaping {
    /// Has the system do so by itself, if this is process 1.
    ///
    /// That is what ignoring SIGCHLD means (wait(2), notes). It touches no guard of a command, since guards end without a
    /// signal (`guard_start.c`). An orphan ends with one, whatever it was started with. So does a worker of a process pool:
    /// that it has ended is seen all the same, but not how.
    static func begin() {
        guard getpid() == 1 else { return }
        signal(SIGCHLD, SIG_IGN)
        // Those that had ended before.
        while waitpid(-1, nil, WNOHANG) > 0 {}
    }
}
#endif
