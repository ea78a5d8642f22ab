import Carillon
import CarillonTriggers
import Foundation

/// Stands for what blocks.
func tick(_ name: String = "tick") {
    print(name)
    fflush(nil)
}

/// Stands for what suspends.
func fetch() async {
    await Task.yield()
    tick("fetched")
}

func blockingScheduler() throws {
    let scheduler = BlockingScheduler()
    try scheduler.declareJob(trigger: .interval(seconds: 3)) { tick() }
    try scheduler.start(stoppingOn: [.interrupt, .terminate])
}

@Sendable func backgroundScheduler() async throws {
    let scheduler = BackgroundScheduler(daemon: false)
    try await scheduler.addJob(trigger: .interval(seconds: 3)) { tick() }
    try await scheduler.start()
}

@Sendable func asyncioScheduler() async throws {
    let scheduler = AsyncScheduler()
    try await scheduler.addJob(trigger: .interval(seconds: 3)) { await fetch() }
    try await scheduler.run()
}

@Sendable func geventScheduler() async throws {
    let scheduler = ElasticScheduler(daemon: false)
    try await scheduler.addJob(trigger: .interval(seconds: 3)) { tick() }
    try await scheduler.start()
}
