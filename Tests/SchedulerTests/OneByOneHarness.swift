import Carillon
import CarillonTesting

/// Has the executor suite judge the `OneByOneExecutor`.
struct OneByOneHarness: ExecutorHarness {
    let name = "one by one"
    let inabilities: [ExecutorAbility: String] = [
        .ordersByPriority: "it performs runs in the order in which they come"
    ]

    func makeExecutor(capacity: Int) -> any JobExecutor { OneByOneExecutor() }
}
