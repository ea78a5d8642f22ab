#if NIO
import Carillon
import CarillonNIO
import CarillonSQLite
import CarillonTesting
import Foundation
import NIOCore
import NIOPosix

#if Web
import CarillonHummingbird
#endif

/// Judges the schedulers of event loops in a process that does nothing else, on memory and SQLite.
@main
enum NIOWorkerMain {
    private static let group = MultiThreadedEventLoopGroup.singleton
    private static let onALoop = SchedulerPlace("an event loop") {
        group.makeIterator().contains { $0.inEventLoop }
    }
    // NIO's own name for the threads of a pool.
    private static let onThreads = SchedulerPlace("a thread of a pool of SwiftNIO") {
        SchedulerPlace.threadName.hasPrefix("TP-#")
    }

    private static let flavours: [SchedulerFlavour] = {
        var flavours = [
            SchedulerFlavour(
                "event loop", engine: onALoop, blockingTasks: onThreads, suspendingTasks: onThreads
            ) {
                EventLoopScheduler($0)
            } start: {
                try await $0.start()
            }
        ]
        #if Web
        flavours.append(
            SchedulerFlavour(
                "hummingbird", engine: onALoop, blockingTasks: onThreads, suspendingTasks: onALoop
            ) {
                HummingbirdScheduler($0)
            } start: {
                try await $0.start()
            })
        #endif
        return flavours
    }()

    static func main() async {
        for flavour in flavours {
            for one in SchedulerConformance.cases { print(await one.verdict(on: flavour)) }
            for one in SchedulerConformance.cases where one.group != "Cycles" {
                let verdict = await one.verdict(on: flavour, store: "SQLite") { clock in
                    let path = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID()).sqlite")
                    return try await SQLiteJobStore(path: path.path, clock: { clock.now })
                }
                print(verdict)
            }
        }
    }
}
#else
@main
enum NIOWorkerMain {
    static func main() { print("build this program with --traits NIO") }
}
#endif
