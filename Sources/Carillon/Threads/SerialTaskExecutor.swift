/// The executor of an actor as the preference of tasks: parts of them that belong to no actor run there as well.
final class SerialTaskExecutor: TaskExecutor {
    private let executor: any SerialExecutor

    init(_ executor: any SerialExecutor) { self.executor = executor }

    func enqueue(_ job: consuming ExecutorJob) { executor.enqueue(job) }
}
