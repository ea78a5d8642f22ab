#if Command
import Carillon
import CarillonConfiguration
import Dispatch
import Foundation

/// What signals ask for, and the end.
extension Server {
    /// How long runs have to end after a second request to stop: asked at once, they are left after twice as long.
    private static let forcedDeadline = Duration.seconds(1)

    /// Does what a signal asks for.
    func hear(_ number: Int32) {
        if number == SIGHUP { reload() } else { answerRequestToStop() }
    }

    /// What asks the server to stop may send its signal to the process and to its group: that is one request.
    private func answerRequestToStop() {
        if let latestStop, .now - latestStop < .milliseconds(100) { return }
        latestStop = .now
        stop()
    }

    /// Goes one step further towards the end.
    func stop() {
        let (scheduler, sender) = (scheduler, sender)
        switch phase {
        case .starting, .serving:
            phase = .stopping
            notifier.isStopping()
            let deadline = configuration.shutdownDeadline
            Task {
                await scheduler.shutdown(.drain, deadline: deadline)
                sender.yield(.ended)
            }
            end(after: max(deadline, .seconds(1)) * 2 + .seconds(5))
            announce(.stopping(atWork: atWork.all, deadline: deadline))
        case .stopping:
            phase = .forced
            Task { await scheduler.shutdown(.cancel, deadline: Self.forcedDeadline) }
            end(after: Self.forcedDeadline * 3)
            announce(.forced(atWork: atWork.all))
        // Whoever asks for the third time, or while nobody reads what is told, wants no more to be waited for.
        case .forced, .ended: output.exit()
        }
    }

    /// Ends the process where it has not ended by then: standard output may be a pipe that nobody reads.
    private func end(after limit: Duration) {
        let output = output
        DispatchQueue.global().asyncAfter(deadline: .now() + limit / .seconds(1)) { output.exit() }
    }
}
#endif
