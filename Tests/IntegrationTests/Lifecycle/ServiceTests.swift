#if Lifecycle
import Carillon
import CarillonLifecycle
import CarillonTriggers
import Logging
import ServiceLifecycle
import Testing

#if NIO
import CarillonNIO
#endif
#if Web
import CarillonHummingbird
#endif

@Suite(.timeLimit(.minutes(10))) struct ServiceTests {
    enum Flavour: CaseIterable {
        case async, background, elastic
        #if NIO
        case eventLoop
        #endif
        #if Web
        case hummingbird
        #endif

        var scheduler: any ServiceScheduler {
            switch self {
            case .async: AsyncScheduler()
            case .background: BackgroundScheduler()
            case .elastic: ElasticScheduler()
            #if NIO
            case .eventLoop: EventLoopScheduler()
            #endif
            #if Web
            case .hummingbird: HummingbirdScheduler()
            #endif
            }
        }
    }

    @Test("A graceful shutdown waits for runs", arguments: Flavour.allCases)
    func drains(_ flavour: Flavour) async throws {
        let scheduler = flavour.scheduler
        let said = Signals<String>()
        let gate = Signals<Void>()
        let events = scheduler.events()
        try scheduler.declareJob(id: "long") { (context: TaskContext) async in
            said.send("begun")
            _ = await gate.next()
            said.send(context.isCancelled ? "cancelled" : "ended")
        }
        let group = group(of: scheduler)
        let running = Task { try await group.run() }
        #expect(await said.next() == "begun")
        await group.triggerGracefulShutdown()
        gate.send(())
        #expect(await said.next() == "ended")
        try await running.value
        #expect(!scheduler.isRunning)
        #expect(try await scheduler.runs(of: "long").map(\.outcome) == [.succeeded])
        // The stream ends with the scheduler.
        var last: SchedulerEvent.Kind?
        for await event in events { last = event.kind }
        #expect(last == .shutDown)
    }

    @Test("A cancellation asks runs to end, which are run again later", arguments: Flavour.allCases)
    func hurries(_ flavour: Flavour) async throws {
        let scheduler = flavour.scheduler
        let said = Signals<String>()
        try scheduler.declareJob(id: "long") { (context: TaskContext) async throws in
            said.send("begun")
            try await context.sleep(for: .seconds(3600))
        }
        let running = Task { try await scheduler.run() }
        #expect(await said.next() == "begun")
        running.cancel()
        try await running.value
        #expect(!scheduler.isRunning)
        #expect(try await scheduler.runs(of: "long").map(\.outcome) == [nil])
        // And so it is.
        try await scheduler.start()
        #expect(await said.next() == "begun")
        await scheduler.shutdown(.cancel)
    }

    @Test("A service that was cancelled before ends at once", arguments: Flavour.allCases)
    func cancelledBefore(_ flavour: Flavour) async throws {
        let scheduler = flavour.scheduler
        let running = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await scheduler.run()
        }
        try await running.value
        #expect(!scheduler.isRunning)
    }

    @Test("A start that fails fails the group", arguments: Flavour.allCases)
    func failsToStart(_ flavour: Flavour) async throws {
        let scheduler = flavour.scheduler
        try await scheduler.start()
        let group = group(of: scheduler)
        let error = await #expect(throws: CarillonError.self) { try await group.run() }
        #expect(error?.code == .wrongState)
        await scheduler.shutdown()
    }

    private func group(of scheduler: any ServiceScheduler) -> ServiceGroup {
        ServiceGroup(configuration: ServiceGroupConfiguration(services: [scheduler], logger: Logger(label: "tests")))
    }
}
#endif
