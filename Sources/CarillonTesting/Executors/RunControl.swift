import Carillon
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The case's end of the connections with its runs.
final class RunControl: Sendable {
    /// What is known of a run by its name.
    struct Seen: Sendable {
        /// How often it has begun.
        var begun = 0
        /// Whether it said that it was asked to end, and whether it knew when it began.
        var isAsked = false
        var wasAskedAtBegin = false
        var isInTask = false
        var isOrdered = false
    }

    private struct State {
        var seen: [String: Seen] = [:]
        /// The names of the runs that have begun, in order.
        var begun: [String] = []
        /// The runs that end as soon as they begin.
        var immediate: [String: ControlledTask.Order] = [:]
        var sockets: [String: Int32] = [:]
        var atWork = 0
        var mostAtWork = 0
        var isClosed = false
    }

    /// The address of the socket.
    let path: String
    private let watch: ConformanceWatch
    private let state = Mutex(State())
    private let listening: Int32
    /// The reading end of a pipe that ends with the case, and its writing end.
    private let ending: (read: Int32, write: Int32)

    init(_ watch: ConformanceWatch) throws {
        self.watch = watch
        let name = String(UInt64.random(in: 0...(.max)), radix: 36)
        path = FileManager.default.temporaryDirectory.appending(path: "ce-\(name).sock").path
        listening = try LocalSocket.listen(at: path)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw LocalSocket.Failure("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        ending = (ends[0], ends[1])
        NamedThread.start("carillon-suite") { self.serve() }
    }

    /// Ends all connections: runs that are at work throw an error.
    func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        unlink(path)
        closeDescriptor(ending.write)
    }

    // MARK: Orders

    /// Tells a run what to do as soon as it begins.
    func tell(_ names: [String], _ order: ControlledTask.Order) {
        state.withLock { state in for name in names { state.immediate[name] = order } }
    }

    /// Tells a run that is at work what to do, unless it has been told already.
    func order(_ name: String, _ order: ControlledTask.Order) {
        state.withLock { state in
            guard let socket = state.sockets[name], state.seen[name]?.isOrdered == false else { return }
            Self.send(order, to: name, on: socket, &state)
        }
        watch.changed()
    }

    /// Lets the run end that has been at work for the longest.
    func endOldest() {
        let oldest = state.withLock { state in state.begun.first { state.seen[$0]?.isOrdered == false } }
        if let oldest { order(oldest, .end) }
    }

    /// Lets every run end, those at work and those that are to begin.
    func endAll(_ names: [String]) {
        tell(names, .end)
        for name in names { order(name, .end) }
    }

    private static func send(_ order: ControlledTask.Order, to name: String, on socket: Int32, _ state: inout State) {
        state.atWork -= 1
        state.seen[name]?.isOrdered = true
        // The process of the run may have been ended.
        try? LocalSocket.send(Array("\(order.rawValue)\n".utf8), on: socket)
    }

    // MARK: What is seen

    func seen(_ name: String) -> Seen { state.withLock { $0.seen[name] ?? Seen() } }

    /// The names of the runs that have begun, in order.
    var begun: [String] { state.withLock { $0.begun } }

    /// The most runs that were at work at the same time: they had begun, and had not been told to end.
    var mostAtWork: Int { state.withLock { $0.mostAtWork } }

    // MARK: The thread

    private func serve() {
        var buffers: [Int32: LineBuffer] = [:]
        while true {
            let sockets = [ending.read, listening] + buffers.keys.sorted()
            var descriptors = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&descriptors, nfds_t(descriptors.count), -1) > 0 else { continue }
            let ready = descriptors.filter { $0.revents != 0 }.map(\.fd)
            if ready.contains(ending.read) { break }
            for socket in ready where socket != listening {
                let bytes = (try? LocalSocket.receive(on: socket)) ?? []
                guard !bytes.isEmpty else {
                    forget(socket)
                    buffers[socket] = nil
                    continue
                }
                for line in buffers[socket, default: LineBuffer()].add(bytes) { note(line, from: socket) }
            }
            if ready.contains(listening) {
                let socket = accept(listening, nil, nil)
                guard socket >= 0 else { continue }
                _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
                buffers[socket] = LineBuffer()
            }
        }
        for socket in buffers.keys { forget(socket) }
        closeDescriptor(listening)
        closeDescriptor(ending.read)
    }

    private func forget(_ socket: Int32) {
        state.withLock { state in
            state.sockets = state.sockets.filter { $0.value != socket }
            closeDescriptor(socket)
        }
    }

    private func note(_ line: [UInt8], from socket: Int32) {
        guard let message = try? JSONDecoder().decode(ControlledTask.Message.self, from: Data(line)) else { return }
        state.withLock { state in
            let name = message.name
            switch message.event {
            case .asked: state.seen[name, default: Seen()].isAsked = true
            case .begun:
                var seen = state.seen[name] ?? Seen()
                seen.begun += 1
                seen.isInTask = message.isInTask
                seen.wasAskedAtBegin = message.isAsked
                seen.isAsked = message.isAsked
                seen.isOrdered = false
                state.seen[name] = seen
                state.begun.append(name)
                state.sockets[name] = socket
                state.atWork += 1
                state.mostAtWork = max(state.mostAtWork, state.atWork)
                if let order = state.immediate[name] { Self.send(order, to: name, on: socket, &state) }
            }
        }
        watch.changed()
    }
}

// The system's function has the name of one above.
private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
