/// What a process pool asks of a worker.
enum WorkerRequest {
    /// To perform a run when those before it have ended.
    case perform(RunOrder)
    /// To ask the task of the run that is at work to end.
    case cancel(UInt32, isInterrupted: Bool)
    /// To return the runs that have not begun.
    case returnRuns

    /// The most bytes of a request. Arguments may be long, and come from the same program.
    static let limit = 1 << 30

    private enum Kind: UInt8 {
        case perform = 1
        case cancel = 2
        case returnRuns = 3
    }

    func write(to frames: inout FrameWriter) {
        switch self {
        case .perform(let order): frames.frame(Kind.perform.rawValue, order.number) { order.write(to: &$0) }
        case .cancel(let number, let isInterrupted):
            frames.frame(Kind.cancel.rawValue, number) { $0.add(isInterrupted) }
        case .returnRuns: frames.frame(Kind.returnRuns.rawValue, 0)
        }
    }

    init(_ frame: Frame) throws(FrameError) {
        var payload = frame.payload
        switch Kind(rawValue: frame.kind) {
        case .perform: self = .perform(try RunOrder(frame.number, &payload))
        case .cancel: self = .cancel(frame.number, isInterrupted: try payload.flag())
        case .returnRuns: self = .returnRuns
        case nil: throw FrameError(description: "there is no request \(frame.kind)")
        }
        try payload.finish()
    }
}
