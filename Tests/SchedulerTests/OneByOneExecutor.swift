import Carillon
import Dispatch

/// Performs one run at a time, in the order in which they are handed over.
final class OneByOneExecutor: JobExecutor {
    let capacity = 1
    private let handedOver: AsyncStream<RunWork>.Continuation

    init() {
        let (works, handedOver) = AsyncStream.makeStream(of: RunWork.self)
        self.handedOver = handedOver
        let queue = DispatchQueue(label: "one by one")
        Task { for await work in works { await Self.perform(work, blockingOn: queue) } }
    }

    deinit { handedOver.finish() }

    nonisolated(nonsending) func execute(_ works: [RunWork]) async {
        for work in works { handedOver.yield(work) }
    }

    func shutdown() {}

    private static func perform(_ work: RunWork, blockingOn queue: DispatchQueue) async {
        guard !work.isBlocking else {
            return await withCheckedContinuation { ended in
                queue.async {
                    work.performBlocking()
                    ended.resume()
                }
            }
        }
        let task = Task { await work.perform() }
        work.onCancel { task.cancel() }
        await task.value
    }
}
