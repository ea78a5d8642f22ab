import Carillon
import Foundation

/// What a server answered, as far as it is kept.
struct Answer: Sendable {
    /// Its status; 0 until it is known.
    var status = 0
    /// The first line, such as `HTTP/1.1 200 OK`.
    var statusLine = ""
    /// Where it sends the client.
    var redirection: String?
    /// Why it is not whole, where it is not.
    var problem: TaskFailure?
    /// The end of the body.
    private(set) var body: [UInt8] = []

    /// With the lines before it, the body fits what is kept of a log.
    private static let bodyLimit = Run.payloadLimit - 4096
    private static let lineLimit = 200

    /// Takes a line of the head. There may be several heads, such as after `100 Continue`; the last one counts.
    mutating func take(headLine bytes: UnsafeRawBufferPointer) {
        guard bytes.starts(with: "HTTP/".utf8) else { return }
        let line = String(decoding: bytes.prefix(Self.lineLimit), as: UTF8.self)
        let visible = line.unicodeScalars.filter { $0.properties.generalCategory != .control }
        statusLine = String(visible.map(Character.init)).trimmingCharacters(in: .whitespaces)
    }

    /// Takes a part of the body.
    mutating func take(bodyPart bytes: UnsafeRawBufferPointer) {
        body.append(contentsOf: bytes.suffix(Self.bodyLimit))
        // Cut when it is twice as long as what is kept, so that a byte is moved once on average.
        if body.count > 2 * Self.bodyLimit { cut() }
    }

    /// Cuts the body to what is kept.
    mutating func cut() { if body.count > Self.bodyLimit { body.removeFirst(body.count - Self.bodyLimit) } }
}
