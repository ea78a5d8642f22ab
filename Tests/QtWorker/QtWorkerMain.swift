#if Qt
import CQtProgram
import Foundation

/// A program under Qt, with a `main` that is not async, which does what its argument names and prints what comes of it.
@main
enum QtWorkerMain {
    static func main() throws {
        // One that hangs ends by SIGALRM. The thread that has started this program may block signals.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGALRM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        alarm(250)
        switch CommandLine.arguments.last {
        case "schedulers": Conformance.judgeSchedulers()
        case "executors": Conformance.judgeExecutors()
        case "starts": try Lives.starts()
        case "execs": try Lives.execsTwice()
        case "destroyed": try Lives.isDestroyed()
        case "service": try Lives.isService()
        case "main-actor": try Runs.areOfTheMainActor()
        case "dialog": try Runs.showADialog()
        case "quit": try Runs.areDrained()
        case "quit-asked": try Runs.areAskedToEnd()
        case "quit-stubborn": try Runs.areLeftBehind()
        case "quit-stopped-clock": try Runs.endWithoutTheirClock()
        case let mode: say("there is no '\(mode ?? "")'")
        }
    }

    /// Performs `body` on the pool while Qt's `exec` runs, and then quits.
    static func exec(_ body: @escaping @Sendable () async throws -> Void) {
        Task {
            do { try await body() } catch { say("\(error)") }
            qt_program_quit()
        }
        _ = qt_program_exec()
    }
}

/// Prints a line at once.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

/// Whether the calling thread is the main one.
func isMainThread() -> Bool { qt_program_is_main_thread() }
#else
@main
enum QtWorkerMain {
    static func main() { print("build this program with --traits Qt") }
}
#endif
