public import Carillon

/// What a case of the executor suite may ask of an executor that not every executor can do by its nature.
public enum ExecutorAbility: String, Hashable, Sendable, CaseIterable {
    /// `execute` returns while runs are at work: the executor is not inline.
    case returnsAtOnce = "returns from 'execute' while runs are at work"
    /// A run that blocks does not hold a thread of Swift concurrency.
    case hasThreads = "performs runs that block off the threads of Swift concurrency"
    /// Of the runs that wait, the one with the highest priority begins first.
    case ordersByPriority = "begins with the highest priority"
    /// A run that was asked to end keeps its place until its task has returned.
    case keepsStubbornRuns = "leaves a run that ignores a request to end at work"
}

/// Makes executors for the executor suite: write one for your executor, and run `ExecutorConformance.cases` on it.
public protocol ExecutorHarness: Sendable {
    /// The name of the executor in reports.
    var name: String { get }

    /// What the executor cannot do by its nature, each with the reason. A case that needs it is not applicable.
    var inabilities: [ExecutorAbility: String] { get }

    /// Makes an executor that has not been used yet.
    ///
    /// The tasks of its runs are those that `ExecutorConformance.registerTasks` registers. An executor whose runs are
    /// performed in other processes has to register them there as well.
    ///
    /// - Parameter capacity: How many runs it can have at work at the same time; an executor that has a fixed number
    ///   keeps that.
    func makeExecutor(capacity: Int) async throws -> any JobExecutor
}

extension ExecutorHarness {
    /// Nothing: the executor can do everything.
    public var inabilities: [ExecutorAbility: String] { [:] }
}
