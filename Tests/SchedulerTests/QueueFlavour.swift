import CarillonTesting

extension SchedulerFlavour {
    /// Has the scheduler suite judge the `QueueScheduler`.
    static let queue = SchedulerFlavour(
        "queue", engine: .dispatchQueue("scheduler"), blockingTasks: .thread(named: "carillon-blocking"),
        suspendingTasks: .swiftConcurrency
    ) {
        QueueScheduler($0)
    } start: {
        try await $0.start()
    }
}
