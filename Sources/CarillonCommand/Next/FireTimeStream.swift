#if Command
import CarillonTriggers

/// Answers requests line by line: `{"id": …, "fire_times": […]}` or `{"id": …, "error": …}`.
///
/// Neither a request's length nor an answer's is held in memory beyond a fixed bound: a line longer than that is
/// answered with an error, and fire times are written as they are found.
struct FireTimeStream {
    /// The longest line that is read, in bytes.
    static let maximumLineLength = 1 << 20

    private var output: OutputBuffer

    init(output: OutputBuffer) { self.output = output }

    /// Answers every line of the input until it ends.
    ///
    /// - Throws: `POSIXFailure` where the input cannot be read or the output cannot be written.
    mutating func answer(_ input: inout LineReader) throws(POSIXFailure) {
        while let line = try input.next(
            maximumLength: Self.maximumLineLength, beforeWaiting: { () throws(POSIXFailure) in try output.flush() })
        {
            switch line {
            case .complete(let bytes): try answer(bytes)
            case .tooLong:
                try write(id: nil, error: "the line is longer than \(Self.maximumLineLength) bytes")
            }
        }
        try output.flush()
    }

    private mutating func answer(_ line: [UInt8]) throws(POSIXFailure) {
        var id: String?
        let request: FireTimeRequest
        do throws(TriggerError) {
            request = try FireTimeRequest(try JSONReader.value(of: line), id: &id)
        } catch {
            try write(id: id, error: error.forUsers.description)
            return
        }
        output.append("{\"id\":")
        output.append(JSONValue.string(request.id))
        output.append(",\"fire_times\":[")
        let zone = request.trigger.ownZone ?? request.zone
        var text = TimeText()
        var fireTimes = request.trigger.fireTimes(after: request.after)
        for index in 0..<request.count {
            guard let time = fireTimes.next() else { break }
            text.clear()
            text.append(time, in: zone)
            output.append(index == 0 ? "\"" : ",\"")
            output.append(text.bytes)
            output.append("\"")
            try output.flushIfFull()
        }
        output.append("]}\n")
        try output.flushIfFull()
    }

    private mutating func write(id: String?, error: String) throws(POSIXFailure) {
        let answer = JSONValue.object([
            JSONValue.Member("id", id.map { .string($0) } ?? .null),
            JSONValue.Member("error", .string(error)),
        ])
        output.append(answer)
        output.append("\n")
        try output.flushIfFull()
    }
}
#endif
