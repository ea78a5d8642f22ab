#if Macros
import Carillon
public import CarillonMacros
import CarillonTriggers

// Methods of instances.

@JobGroup struct Mailer {
    let smtp: String

    @Scheduled(id: "digest", .interval(minutes: 60), maxInstances: 2) func digest() throws {
        print("digest by \(smtp)")
    }
    @Scheduled(id: "digest at night", .cron(hour: 2))
    @Scheduled(id: "mail \(Setting.id)", .interval(minutes: 60))
    private func send(_ context: TaskContext) async { print("\(context.jobID) by \(smtp)") }
    @Scheduled(id: "static of a group", .interval(minutes: 60)) static func member() { print("static of a group") }
}

/// A group that can be used elsewhere.
@JobGroup public final class Cleaner: Sendable {
    @Scheduled(id: "clean", .interval(minutes: 60)) func clean(now context: TaskContext) { print("clean") }
}

@JobGroup actor Tally {
    private var count = 0

    @Scheduled(id: "tally", .interval(minutes: 30)) func add() {
        count += 1
        print("tally \(count)")
    }
    @Scheduled(id: "tally of none", .interval(minutes: 60)) nonisolated func other() { print("tally of none") }
}

@MainActor @JobGroup final class Window {
    private var title = "window"

    @Scheduled(id: "window", .interval(minutes: 60)) func show() { print(title) }
}

@JobGroup struct Boxed<Value: Sendable> {
    let value: Value

    @Scheduled(id: "boxed", .interval(minutes: 60)) func show() { print("boxed \(value)") }
}
#endif
