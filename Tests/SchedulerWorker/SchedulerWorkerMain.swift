import Carillon
import CarillonTriggers
import Foundation

/// A process with a scheduler, which ends in the way that its argument names.
@main
enum SchedulerWorkerMain {
    static func main() throws {
        // One that hangs ends by this signal, which the thread may block that has started it.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGALRM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        alarm(50)
        switch CommandLine.arguments.last {
        case "exit": try exitInARun(isLate: false, isAsync: false)
        case "exit-async": try exitInARun(isLate: false, isAsync: true)
        case "exit-late": try exitInARun(isLate: true, isAsync: false)
        case "no-descriptors": try runWithoutDescriptors()
        case let mode: try keep(isDaemon: mode == "daemon")
        }
    }

    /// `main` returns while the scheduler runs: `daemon` may end then, `keep` waits for the scheduler.
    private static func keep(isDaemon: Bool) throws {
        let scheduler = BackgroundScheduler(daemon: isDaemon)
        // So late that a slow machine does not matter, where the process is not to live until then.
        try scheduler.declareJob(id: "last", trigger: .date(Date().addingTimeInterval(isDaemon ? 600 : 0.5))) {
            print("the job ran")
            await scheduler.shutdown()
        }
        try scheduler.startWithoutWaiting()
        print("main returns")
    }

    /// A run ends the process, while `main` waits or, where it is late, has returned.
    private static func exitInARun(isLate: Bool, isAsync: Bool) throws {
        let scheduler = BackgroundScheduler(daemon: false)
        let trigger = Trigger.date(Date().addingTimeInterval(isLate ? 0.5 : 0))
        if isAsync {
            try scheduler.declareJob(id: "last", trigger: trigger) {
                await Task.yield()
                exit(3)
            }
        } else {
            try scheduler.declareJob(id: "last", trigger: trigger) { exit(3) }
        }
        try scheduler.startWithoutWaiting()
        if !isLate { while true { sleep(60) } }
    }

    private static func runWithoutDescriptors() throws {
        let scheduler = BackgroundScheduler()
        let ended = DispatchSemaphore(value: 0)
        try scheduler.declareJob(id: "tick", trigger: .interval(seconds: 1)) {
            print("ran")
            ended.signal()
        }
        // Dispatch opens descriptors of its own when it is first used, and traps without.
        let warm = DispatchSemaphore(value: 0)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { Task { warm.signal() } }
        warm.wait()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let former = limit.rlim_cur
        limit.rlim_cur = 0
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try scheduler.startWithoutWaiting()
        ended.wait()
        limit.rlim_cur = former
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        for _ in 1...2 { ended.wait() }
        exit(0)
    }
}
