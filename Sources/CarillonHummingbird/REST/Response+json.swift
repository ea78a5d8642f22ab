#if Web
import CarillonTriggers
import HTTPTypes
import HummingbirdCore
import NIOCore

extension Response {
    /// An answer in JSON, which no cache keeps.
    static func json(
        _ status: HTTPResponse.Status, _ json: JSONValue, type: String = "application/json", headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}

extension RESTProblem {
    /// The answer that says it.
    var response: Response { .json(status, json, type: "application/problem+json", headers: headers) }
}
#endif
