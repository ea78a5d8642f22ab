#if Qt
/// Runs the parts of Swift tasks on the main thread of Qt, and elsewhere if there is no application.
final class QtTaskExecutor: TaskExecutor {
    static let shared = QtTaskExecutor()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        QtMainThread.shared.perform { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
#endif
