import Logging
import Synchronization

/// What a scheduler logs, in order.
final class LoggedLines: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]
    }

    private struct Handler: LogHandler {
        let log: LoggedLines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).mapValues { "\($0)" }
            log.lines.withLock {
                $0.append(Line(level: event.level, message: "\(event.message)", metadata: metadata))
            }
        }
    }

    private let lines = Mutex<[Line]>([])

    /// Writes here.
    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    /// The lines with a text.
    func lines(with text: String) -> [Line] { lines.withLock { $0.filter { $0.message.contains(text) } } }

    /// The lines of a level.
    func lines(at level: Logger.Level) -> [Line] { lines.withLock { $0.filter { $0.level == level } } }

    /// The lines that somebody sees who reads from a level on.
    func lines(from level: Logger.Level) -> [Line] { lines.withLock { $0.filter { $0.level >= level } } }
}
