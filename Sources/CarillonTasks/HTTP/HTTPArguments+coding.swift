public import Carillon
import CarillonTriggers

/// As JSON: an object with the keys `method`, `url`, `headers`, `body`, `json`, `expect`, `timeout`, `ca_file`,
/// `client_certificate` and `client_key`.
extension HTTPArguments: Codable {
    private enum Key: String, CodingKey, CaseIterable {
        case method
        case url
        case headers
        case body
        case json
        case expect
        case timeout
        case caFile = "ca_file"
        case clientCertificate = "client_certificate"
        case clientKey = "client_key"
    }

    /// Reads the arguments.
    ///
    /// - Throws: `DecodingError` for a key that is not known, a value of the wrong type or form, and an address that is not
    ///   one of http or https. It never tells the address, which may have a password in it.
    public init(from decoder: any Decoder) throws {
        let object = try ArgumentObject(from: decoder, keys: Key.allCases.map(\.rawValue))
        guard let url = try object.text(Key.url.rawValue) else { throw object.invalid(Key.url.rawValue, "is missing") }
        if let problem = RequestTarget.problem(of: url) { throw object.invalid(Key.url.rawValue, problem) }
        self.url = url
        method = try object.text(Key.method.rawValue)
        if let method, !Self.isToken(method) {
            throw object.invalid(Key.method.rawValue, "must be the name of a method such as GET, of letters")
        }
        headers = [:]
        for (name, value) in try object.texts(Key.headers.rawValue) {
            guard Self.isToken(name) else {
                throw object.invalid(Key.headers.rawValue, "has a name that no header can have: '\(name)'")
            }
            guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
                throw object.invalid("headers.\(name)", "has a control character in it, such as the end of a line")
            }
            headers[name] = value
        }
        body = try Self.body(object)
        if body != nil, method == "GET" || method == "HEAD" {
            throw object.invalid(Key.method.rawValue, "must be another than GET and HEAD where there is a body")
        }
        expect = try Self.expectations(object)
        timeout = try object.seconds(Key.timeout.rawValue, from: 0.001) ?? Self.defaultTimeout
        caFile = try Self.path(object, .caFile)
        clientCertificate = try Self.path(object, .clientCertificate)
        clientKey = try Self.path(object, .clientKey)
        if clientKey != nil, clientCertificate == nil {
            throw object.invalid(Key.clientKey.rawValue, "is the key of 'client_certificate', which is missing")
        }
    }

    /// Writes the arguments; what has not been given is left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(method, forKey: .method)
        try container.encode(url, forKey: .url)
        if !headers.isEmpty { try container.encode(headers, forKey: .headers) }
        switch body {
        case .text(let text): try container.encode(text, forKey: .body)
        case .json(let value): try container.encode(value, forKey: .json)
        case nil: break
        }
        if expect != [.successful] {
            try container.encode(expect.map(Self.json), forKey: .expect)
        }
        if timeout != Self.defaultTimeout { try container.encode(timeout, forKey: .timeout) }
        try container.encodeIfPresent(caFile, forKey: .caFile)
        try container.encodeIfPresent(clientCertificate, forKey: .clientCertificate)
        try container.encodeIfPresent(clientKey, forKey: .clientKey)
    }

    /// A path that means the same wherever the server was started.
    private static func path(_ object: ArgumentObject, _ key: Key) throws -> String? {
        guard let path = try object.text(key.rawValue) else { return nil }
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw object.invalid(key.rawValue, "must be an absolute path, which begins with '/'")
        }
        return path
    }

    private static func body(_ object: ArgumentObject) throws -> Body? {
        let text = try object.text(Key.body.rawValue)
        guard let value = object[Key.json.rawValue] else { return text.map(Body.text) }
        guard text == nil else {
            throw object.invalid(Key.json.rawValue, "cannot stand beside 'body': a request has one body")
        }
        return .json(value)
    }

    private static func expectations(_ object: ArgumentObject) throws -> [ExpectedStatus] {
        let key = Key.expect.rawValue
        guard let value = object[key] else { return [.successful] }
        guard case .array(let values) = value else { return [try expectation(value, object)] }
        guard !values.isEmpty else { throw object.invalid(key, "is an empty list, which no answer fits") }
        return try values.map { try expectation($0, object) }
    }

    private static func expectation(_ value: JSONValue, _ object: ArgumentObject) throws -> ExpectedStatus {
        switch value {
        case .integer(let status) where (100...599).contains(status): return .exactly(Int(status))
        case .string(let text):
            let bytes = Array(text.utf8)
            if bytes.count == 3, (UInt8(ascii: "1")...UInt8(ascii: "5")).contains(bytes[0]), text.hasSuffix("xx") {
                return .hundred(Int(bytes[0] - UInt8(ascii: "0")))
            }
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            let areStatuses = bytes.count == parts.count * 4 - 1 && parts.allSatisfy((100...599).contains)
            guard parts.count <= 2, areStatuses, let first = parts.first, let last = parts.last, first <= last else {
                break
            }
            return parts.count == 1 ? .exactly(first) : .range(first...last)
        default: break
        }
        throw object.invalid(
            Key.expect.rawValue,
            #"must be a status from 100 to 599, "2xx" and the like, a range such as "200-204", or a list of these"#)
    }

    private static func json(_ expected: ExpectedStatus) -> JSONValue {
        switch expected {
        case .exactly(let status): .integer(Int64(status))
        case .hundred, .range: .string(expected.description)
        }
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || marks.contains(byte)
            }
    }
}

extension HTTPArguments: SecretArguments {
    /// The address, the value of every header, and the body.
    public static let secretKeys: Set<String> = ["url", "headers.*", "body"]
}
