#if Qt
import CQtWindow
import Carillon
import CarillonQt
import CarillonTriggers
import Foundation

/// A window with the jobs of a scheduler, their last runs, and a button that pauses it.
///
///     CARILLON_DEVELOPMENT=1 swift run --traits Qt QtWindow
///
/// `main` is not async: Qt has the main thread from here on.
@main
struct QtWindow {
    static let scheduler = QtScheduler()
    static let schedules = ["backup": "every 2 seconds", "clock": "every second", "report": "every 3 seconds"]

    static func main() throws {
        window_open { isPaused in QtWindow.pause(isPaused) }
        try declareJobs()
        let isTrial = CommandLine.arguments.contains("--try")
        Task { await showEvents(scheduler.events(), isTrial: isTrial) }
        try scheduler.start()
        exit(window_exec())
    }

    static func pause(_ isPaused: Bool) {
        Task { if isPaused { await scheduler.pause() } else { await scheduler.resume() } }
    }

    static func declareJobs() throws {
        // On the main thread, as everything is where nothing else is said.
        try scheduler.declareJob(id: "clock", trigger: .interval(seconds: 1)) {}
        try scheduler.declareJob(id: "backup", trigger: .interval(seconds: 2)) { (context: TaskContext) async throws in
            try await context.sleep(for: .milliseconds(300))
        }
        try scheduler.declareJob(id: "report", trigger: .interval(seconds: 3)) { throw ReportFailure() }
        for (job, schedule) in schedules.sorted(by: <) { window_show_job(job, schedule, "–", "", true) }
    }

    /// The main actor is where the window is.
    @MainActor static func showEvents(_ events: AsyncStream<SchedulerEvent>, isTrial: Bool) async {
        var jobs: Set<String> = []
        for await event in events {
            switch event.kind {
            case .runEnded(let run, let outcome, let error):
                let job = run.occurrence.job.description
                jobs.insert(job)
                let time = event.time.date.formatted(date: .omitted, time: .standard)
                let end = error.map { "\(outcome): \($0)" } ?? "\(outcome)"
                window_show_job(job, schedules[job] ?? "", time, end, outcome == .succeeded)
                if isTrial, jobs.count == schedules.count, !scheduler.isPaused { window_press_pause() }
            case .paused:
                window_show_paused(true)
                if isTrial { window_print_and_close() }
            case .resumed: window_show_paused(false)
            default: break
            }
        }
    }
}

/// What the job `report` throws.
struct ReportFailure: Error, CustomStringConvertible {
    var description: String { "no printer" }
}
#else
@main
struct QtWindow {
    static func main() { print("build this example with --traits Qt") }
}
#endif
