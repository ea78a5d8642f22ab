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
            await SchedulerConformance.judge(flavour, alsoOn: "SQLite") { clock in
                let path = FileManager.default.temporaryDirectory.appending(path: "carillon-\(UUID()).sqlite")
                return try await SQLiteJobStore(path: path.path, clock: { clock.now })
            } say: {
                print($0)
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
