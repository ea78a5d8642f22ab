#if Web
import CarillonTriggers
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Sends requests to a router without a network.
struct RESTClient {
    /// What a request was answered with.
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let text: String
        /// The body; `nil` if it is no JSON.
        var json: JSONValue? { try? JSONReader.value(of: Array(text.utf8)) }
        /// What a client is told of an error.
        var message: String? {
            guard case .string(let text)? = json?["error_message"] else { return nil }
            return text
        }

        subscript(key: String) -> JSONValue? { json?[key] }
    }

    private let responder: any HTTPResponder<BareContext>

    init(_ router: Router<BareContext>) { responder = router.buildResponder() }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:],
        host: String? = "localhost"
    ) async throws -> Answer {
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: headers),
            body: body.map { RequestBody(buffer: ByteBuffer(string: $0)) } ?? RequestBody(buffer: ByteBuffer()))
        let response = try await responder.respond(
            to: request, context: BareContext(source: BareSource(logger: Logger(label: "tests"))))
        let bytes = Signals<ByteBuffer>()
        try await response.body.write(Collector(bytes: bytes))
        bytes.finish()
        var text = ""
        while let buffer = await bytes.next() { text += String(buffer: buffer) }
        return Answer(status: response.status.code, headers: response.headers, text: text)
    }
}

/// What the context of a request is made of.
struct BareSource: RequestContextSource {
    let logger: Logger
}

/// The context of a request that comes from no connection.
struct BareContext: RequestContext {
    typealias Source = BareSource

    var coreContext: CoreRequestContextStorage

    init(source: BareSource) { coreContext = CoreRequestContextStorage(source: source) }
}

private struct Collector: ResponseBodyWriter {
    let bytes: Signals<ByteBuffer>

    mutating func write(_ buffer: ByteBuffer) { bytes.send(buffer) }
    consuming func finish(_: HTTPFields?) {}
}
#endif
