import Logging

/// What a worker tells its process pool. What is about a run comes with the number of the run.
enum WorkerReport: Sendable {
    /// It is ready.
    case ready
    /// It cannot be a worker, with the reason.
    case refused(String)
    /// The task is about to be called.
    case begun
    /// The run is not begun, since it may be another node's by now.
    case late
    /// The task has ended, after so many microseconds.
    case ended(TaskEnd, took: Int64)
    case output([UInt8])
    case progressed(RunProgress)
    case works(under: RunProcess)
    case settled
    /// The task needs longer than usual to end when it is asked to, in microseconds.
    case needs(toEnd: Int64)
    /// These runs have not begun, and will not.
    case returned([UInt32])
    case logged(LogLine)

    /// A line of a logger.
    struct LogLine: Sendable {
        /// The label of the logger; `nil` for that of the run.
        var label: String?
        var level: Logger.Level
        var message: String
        var metadata: [String: String]
        var source: String
        var file: String
        var function: String
        var line: UInt
    }

    /// The most bytes of a report: twice what a run may have as its result.
    static let limit = 4 * Run.payloadLimit

    private enum Kind: UInt8 {
        case ready = 1
        case refused = 2
        case begun = 3
        case late = 4
        case succeeded = 5
        case failed = 6
        case expired = 7
        case output = 8
        case progressed = 9
        case works = 10
        case settled = 11
        case needs = 12
        case returned = 13
        case logged = 14
    }

    func write(_ number: UInt32, to frames: inout FrameWriter) {
        switch self {
        case .ready: frames.frame(Kind.ready.rawValue, number)
        case .refused(let reason): frames.frame(Kind.refused.rawValue, number) { $0.add(reason) }
        case .begun: frames.frame(Kind.begun.rawValue, number)
        case .late: frames.frame(Kind.late.rawValue, number)
        case .ended(.succeeded(let result), let took):
            frames.frame(Kind.succeeded.rawValue, number) { frame in
                frame.add(took)
                frame.add(optional: result) { $0.add($1) }
            }
        case .ended(.failed(let failure), let took):
            frames.frame(Kind.failed.rawValue, number) { frame in
                frame.add(took)
                frame.add(failure.text)
                frame.add(failure.mayRetry)
                frame.add(failure.isCancellation)
                frame.add(optional: failure.undecodable) { $0.add($1) }
            }
        case .ended(.expired, let took): frames.frame(Kind.expired.rawValue, number) { $0.add(took) }
        case .output(let bytes): frames.frame(Kind.output.rawValue, number) { $0.add(bytes) }
        case .progressed(let progress):
            frames.frame(Kind.progressed.rawValue, number) { frame in
                frame.add(Int64(bitPattern: progress.fraction.bitPattern))
                frame.add(progress.note)
            }
        case .works(let process):
            frames.frame(Kind.works.rawValue, number) { frame in
                frame.add(Int64(process.number))
                frame.add(process.start)
            }
        case .settled: frames.frame(Kind.settled.rawValue, number)
        case .needs(let time): frames.frame(Kind.needs.rawValue, number) { $0.add(time) }
        case .returned(let numbers):
            frames.frame(Kind.returned.rawValue, number) { frame in
                frame.add(UInt32(numbers.count))
                for number in numbers { frame.add(number) }
            }
        case .logged(let line): frames.frame(Kind.logged.rawValue, number) { line.write(to: &$0) }
        }
    }

    init(_ frame: Frame) throws(FrameError) {
        var payload = frame.payload
        switch Kind(rawValue: frame.kind) {
        case .ready: self = .ready
        case .refused: self = .refused(try payload.text())
        case .begun: self = .begun
        case .late: self = .late
        case .succeeded:
            let took = try payload.longNumber()
            self = .ended(.succeeded(try payload.flag() ? try payload.block() : nil), took: took)
        case .failed:
            let took = try payload.longNumber()
            var failure = TaskEnd.Failure(text: try payload.text())
            failure.mayRetry = try payload.flag()
            failure.isCancellation = try payload.flag()
            if try payload.flag() { failure.undecodable = try payload.text() }
            self = .ended(.failed(failure), took: took)
        case .expired: self = .ended(.expired, took: try payload.longNumber())
        case .output: self = .output(try payload.block())
        case .progressed:
            let fraction = Double(bitPattern: UInt64(bitPattern: try payload.longNumber()))
            self = .progressed(RunProgress(fraction, try payload.text()))
        case .works:
            let number = Int32(truncatingIfNeeded: try payload.longNumber())
            self = .works(under: RunProcess(number: number, start: try payload.longNumber()))
        case .settled: self = .settled
        case .needs: self = .needs(toEnd: try payload.longNumber())
        case .returned: self = .returned(try payload.numbers())
        case .logged: self = .logged(try LogLine(&payload))
        case nil: throw FrameError(description: "there is no report \(frame.kind)")
        }
        try payload.finish()
    }
}

extension WorkerReport.LogLine {
    /// The most bytes of the message, and of all metadata.
    private static let limit = Run.payloadLimit

    fileprivate func write(to frame: inout FrameWriter) {
        frame.add(optional: label) { $0.add($1.beginning(bytes: 1000)) }
        frame.add(UInt8(truncatingIfNeeded: Logger.Level.allCases.firstIndex(of: level) ?? 0))
        frame.add(message.beginning(bytes: Self.limit))
        var room = Self.limit
        frame.add(
            metadata.filter { key, value in
                room -= key.utf8.count + value.utf8.count
                return room >= 0
            })
        frame.add([source, file, function].map { $0.beginning(bytes: 1000) })
        frame.add(Int64(clamping: line))
    }

    fileprivate init(_ frame: inout FrameReader) throws(FrameError) {
        label = try frame.flag() ? try frame.text() : nil
        level = try RunOrder.member(of: Logger.Level.allCases, at: try frame.byte())
        message = try frame.text()
        metadata = try frame.pairs()
        let places = try frame.texts()
        guard places.count == 3 else { throw FrameError(description: "it has \(places.count) places, not 3") }
        (source, file, function) = (places[0], places[1], places[2])
        line = UInt(clamping: try frame.longNumber())
    }
}
