#if os(Linux)
private import CWorkers
import CarillonTriggers
import Foundation
import Synchronization

/// A worker process as its pool sees it. Only the pool's thread uses it.
final class PoolWorker {
    /// A run that was sent to the worker.
    struct Sent {
        let number: UInt32
        let run: ReadyRun
        var hasBegun = false
    }

    enum Phase {
        /// It has not said that it is ready.
        case starting
        case ready
        /// It gets no more runs, and ends when it has none.
        case retiring
        /// Its connection has ended, or it was killed; its process has not been waited for.
        case ending
    }

    /// Why the pool has killed it.
    enum Fault {
        /// Its run did not end when it was asked to.
        case run
        /// It wrote something else than reports.
        case report(FrameError)
        /// It closed the connection, and did not end.
        case closed
        /// It did not begin a run.
        case frozen
        /// It did not say that it is ready.
        case silent
    }

    let process: Int32
    let channel: Int32
    let processDescriptor: Int32
    var phase = Phase.starting
    var fault: Fault?
    /// Why it says that it cannot be a worker.
    var refusal: String?
    /// The runs that were sent to it and have not ended, in the order in which it performs them.
    var sent: [Sent] = []
    /// How many runs it has been sent in all.
    var runCount = 0
    /// How many of its last runs in a row were quick.
    private var quickRuns = 0
    /// Whether it was asked to return the runs that have not begun.
    var isReturning = false
    /// Deadlines on the monotonic clock, in microseconds; `nil` for none.
    ///
    /// When it has to be ready, or to begin the run that it was sent, or to end.
    var patience: Int64?
    /// When runs behind the one at work are called back.
    var callBack: Int64?
    /// When its run has to end.
    var runEnd: Int64?
    /// How long its run may take to end after it was asked to, at the least.
    var needs: Int64 = 0
    private var buffer = FrameBuffer(limit: WorkerReport.limit)
    private var output: [UInt8] = []
    private var written = 0

    private init(_ handle: worker_handle) {
        process = handle.process
        channel = handle.channel
        processDescriptor = handle.process_descriptor
    }

    deinit {
        close(channel)
        if processDescriptor >= 0 { close(processDescriptor) }
    }

    /// The system's refusal to start a process.
    struct StartFailure: Error, CustomStringConvertible {
        let number: Int32

        var description: String { String(cString: strerror(number)) }
    }

    /// Starts a worker. The calling thread lives as long as it.
    static func start(_ program: String, _ arguments: [String]) throws(StartFailure) -> PoolWorker {
        var environment = ProcessInfo.processInfo.environment
        environment[WorkerMark.name] = "\(WORKER_CHANNEL)"
        let variables = CStrings(environment.map { "\($0.key)=\($0.value)" })
        let words = CStrings(arguments)
        var handle = worker_handle()
        let number = withExtendedLifetime((words, variables)) {
            worker_start(program, words.start, variables.start, &handle)
        }
        if number != 0 { throw StartFailure(number: number) }
        return PoolWorker(handle)
    }

    /// How many runs it may have at once: one, and some more if its last ones were quick, so that it begins them soon.
    var room: Int {
        let isSentAhead =
            quickRuns >= Self.fewest && !isReturning && runEnd == nil && output.count - written < Self.mostBytes
        return isSentAhead ? 1 + Self.mostAhead : 1
    }

    /// Takes note of how long a run took.
    func learn(tookMicroseconds took: Int64) { quickRuns = took < Self.quick ? quickRuns + 1 : 0 }

    /// Below how many microseconds a run is quick.
    private static let quick: Int64 = 500
    /// How many quick runs in a row it takes until runs are sent ahead.
    private static let fewest = 16
    /// The most runs that are sent ahead.
    private static let mostAhead = 16
    /// From how many bytes on that are not sent yet no run is sent ahead.
    private static let mostBytes = 1 << 20

    /// Whether the connection is to be listened to.
    var isConnected = true
    /// Whether the worker sees the end of the connection.
    private(set) var hasHungUp = false
    var hasOutput: Bool { isConnected && written < output.count }

    /// The earliest deadline.
    var deadline: Int64? { [patience, callBack, runEnd].lazy.compactMap { $0 }.min() }

    /// Moves all deadlines.
    func postpone(by time: Int64) {
        patience = patience.map { $0 + time }
        callBack = callBack.map { $0 + time }
        runEnd = runEnd.map { $0 + time }
    }

    // MARK: Runs

    /// The run that the worker performs or performs next.
    ///
    /// - Throws: `FrameError` if it has another number, or has begun or not.
    func first(_ number: UInt32, hasBegun: Bool) throws(FrameError) -> Sent {
        guard let first = sent.first, first.number == number, first.hasBegun == hasBegun else {
            throw FrameError(description: "it is about another run")
        }
        return first
    }

    func removeFirst() { sent.removeFirst() }

    /// Removes and returns a run that has not begun.
    func remove(_ number: UInt32) throws(FrameError) -> ReadyRun {
        guard let index = sent.firstIndex(where: { $0.number == number && !$0.hasBegun }) else {
            throw FrameError(description: "it is about another run")
        }
        return sent.remove(at: index).run
    }

    /// The run at work, if it has this number.
    func atWork(_ number: UInt32) -> RunWork? {
        guard let first = sent.first, first.number == number, first.hasBegun else { return nil }
        return first.run.work
    }

    // MARK: Connection

    func ask(_ request: WorkerRequest) {
        var frames = FrameWriter()
        request.write(to: &frames)
        output += frames.bytes
    }

    /// Sends what there is to send, as far as there is room.
    func flush() {
        guard hasOutput else { return }
        output.withUnsafeBytes { bytes in
            while written < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = worker_send(channel, rest.baseAddress, Int64(rest.count), 0)
                // That the other end is closed is seen when it is read.
                if count <= 0 { return }
                written += Int(count)
            }
        }
        if written == output.count {
            output.removeAll(keepingCapacity: output.capacity <= 1 << 20)
            written = 0
        }
    }

    /// What came of reading.
    enum Received {
        case something
        case nothing
        case end
    }

    /// Takes what has arrived, up to a block.
    func receive(_ block: UnsafeMutableRawBufferPointer) -> Received {
        let count = worker_receive(channel, block.baseAddress, Int64(block.count))
        if count == Int64(-EAGAIN) || count == Int64(-EWOULDBLOCK) { return .nothing }
        guard count > 0 else { return .end }
        buffer.append(UnsafeRawBufferPointer(rebasing: block[..<Int(count)]))
        return .something
    }

    /// Removes and returns the next report, with the number of its run.
    func nextReport() throws(FrameError) -> (UInt32, WorkerReport)? {
        guard let frame = try buffer.next() else { return nil }
        return (frame.number, try WorkerReport(frame))
    }

    /// Lets it end by itself.
    func hangUp() {
        hasHungUp = true
        shutdown(channel, Int32(SHUT_WR))
    }

    /// Until it is waited for, nobody else can have its number.
    func end() { kill(process, SIGKILL) }

    /// How the process has ended; `nil` if it has not.
    ///
    /// - Returns: A result without an end if somebody else has waited for it, or this process ignores SIGCHLD.
    func wait() -> ProcessEnd?? {
        var status: Int32 = 0
        while true {
            let answer = waitpid(process, &status, WNOHANG)
            if answer == process { return .some(ProcessEnd(status: status)) }
            if answer == 0 { return nil }
            if errno != EINTR { return .some(nil) }
        }
    }
}

/// A reserved run whose arguments are complete.
struct ReadyRun {
    let work: RunWork
    let arguments: [UInt8]
}
#endif
