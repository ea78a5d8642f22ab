#if Web
import Carillon
import CarillonLifecycle
import CarillonTriggers
import Foundation
import Logging

/// What the routes of the scheduler itself do.
struct SchedulerRoutes {
    let scheduler: any ServiceScheduler
    let allowedHosts: [String]
    let logger: Logger

    private var engine: Engine { scheduler.engine }

    func show() async -> JSONValue {
        .object([
            JSONValue.Member("current_host", .string(ProcessInfo.processInfo.hostName)),
            JSONValue.Member("allowed_hosts", .array(allowedHosts.map(JSONValue.string))),
            JSONValue.Member("running", .bool(await engine.isServing)),
        ])
    }

    func pause() async throws(RESTProblem) {
        guard await engine.isServing else { throw .notRunning }
        await scheduler.pause()
    }

    func resume() async throws(RESTProblem) {
        guard await engine.isServing else { throw .notRunning }
        await scheduler.resume()
    }

    /// Starts the scheduler, unless the machine is not among the allowed ones: then nothing happens, as in
    /// Flask-APScheduler.
    func start() async throws(RESTProblem) {
        guard await !engine.isServing else { throw .alreadyRunning }
        let host = ProcessInfo.processInfo.hostName
        guard allowedHosts.contains("*") || allowedHosts.contains(host) else { return tellRefused(host) }
        // A shutdown that nobody waited for may be under way.
        await engine.waitForEnd()
        do throws(CarillonError) {
            try await scheduler.start()
        } catch {
            switch error.code {
            case .hostNotAllowed: tellRefused(host)
            case .wrongState: throw .alreadyRunning
            default:
                logger.error("the scheduler was not started", metadata: ["error": "\(error)"])
                throw RESTProblem(error)
            }
        }
    }

    private func tellRefused(_ host: String) {
        logger.warning(
            "the scheduler was not started: this machine is not among the allowed hosts (SCHEDULER_ALLOWED_HOSTS)",
            metadata: ["host": "\(host)"])
    }

    /// - Parameter body: `{"wait": false}` answers without waiting for runs at work.
    func shutdown(_ body: [UInt8]) async throws(RESTProblem) {
        var waits = true
        if !body.isEmpty {
            let members = try JobBody.object(body)
            switch members.first(where: { $0.key == "wait" })?.value {
            case nil: break
            case .bool(let flag)?: waits = flag
            case let other?: throw .wrong("wait", "is true or false, not \(other.kindDescription)")
            }
        }
        guard await engine.isServing else { throw .notRunning }
        await engine.shutdown(.drain, deadline: nil, isInside: !waits)
    }
}
#endif
