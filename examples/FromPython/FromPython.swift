import Carillon
import Foundation

/// What `docs/schedulers.md` has for each piece of Python, to be tried:
///
///     CARILLON_DEVELOPMENT=1 swift run --traits Configuration,Web,Qt FromPython background
///
/// Without an argument it lists the pieces. Each goes on until Ctrl-C.
@main
struct FromPython {
    static func main() throws {
        ProcessPoolExecutor.runWorkerIfAsked(registerTasks)  // does not return in a worker
        let name = CommandLine.arguments.dropFirst().first ?? ""
        switch pieces[name] {
        case .blocking(let piece): try piece()
        case .async(let piece):
            Task {
                do { try await piece() } catch { print(error) }
            }
            dispatchMain()
        case nil: print("FromPython one of: \(pieces.keys.sorted().joined(separator: ", "))")
        }
    }

    /// A piece that keeps the main thread, or one that suspends.
    enum Piece {
        case blocking(() throws -> Void)
        case async(@Sendable () async throws -> Void)
    }

    /// The pieces of the traits that this is built with, by what APScheduler calls them.
    static var pieces: [String: Piece] {
        var pieces: [String: Piece] = [
            "blocking": .blocking(blockingScheduler),
            "background": .async(backgroundScheduler),
            "asyncio": .async(asyncioScheduler),
            "gevent": .async(geventScheduler),
            "executors": .async(executorsByAlias),
            "added": .async(addedExecutor),
            "shutdown": .async(drainingEnd),
            "hurried": .async(hurriedEnd),
        ]
        #if Configuration && NIO
        pieces["configured"] = .async(configuredExecutors)
        #endif
        #if NIO
        pieces["twisted"] = .async(twistedScheduler)
        #endif
        #if Lifecycle
        pieces["service"] = .async(schedulerAsService)
        #endif
        #if Web
        pieces["tornado"] = .async(tornadoScheduler)
        pieces["streams"] = .async(streamsThatEnd)
        #endif
        #if Web && Configuration
        pieces["flask"] = .async(flaskScheduler)
        #endif
        #if Qt
        pieces["qt"] = .blocking(qtScheduler)
        #endif
        return pieces
    }
}
