#if os(Linux)
import Logging
import Synchronization

/// Passes what is logged in a worker process to the process of its pool, which logs it.
struct WorkerLogHandler: LogHandler {
    /// What is to be logged, by the latest run: an index into `Logger.Level.allCases`.
    static let commonLevel = Atomic(Logger.Level.allCases.firstIndex(of: .info) ?? 0)

    /// The label of the logger; `nil` for that of a run.
    let label: String?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?
    private let tell: @Sendable (WorkerReport.LogLine) -> Void

    init(
        label: String?, _ provider: Logger.MetadataProvider? = nil,
        _ tell: @escaping @Sendable (WorkerReport.LogLine) -> Void
    ) {
        self.label = label
        metadataProvider = provider
        self.tell = tell
    }

    var logLevel: Logger.Level {
        get {
            let all = Logger.Level.allCases
            let index = Self.commonLevel.load(ordering: .relaxed)
            return ownLevel ?? (all.indices.contains(index) ? all[index] : .info)
        }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = "\(error)" }
        tell(
            WorkerReport.LogLine(
                label: label, level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" },
                source: event.source, file: event.file, function: event.function, line: event.line))
    }
}
#endif
