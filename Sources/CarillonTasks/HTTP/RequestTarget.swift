import Foundation

/// Where a request goes, without the user and the password that its address may have.
struct RequestTarget {
    /// The address as it is requested.
    let url: String
    /// `https://example.org:8443/path`, as far as it may be told: questions have tokens in them.
    let name: String
    /// `example.org:8443`.
    let host: String
    /// The value of the header `Authorization` that the address stands for.
    let authorization: String?
    private let origin: String

    /// - Throws: `TaskFailure` where the address is none of http or https.
    init(_ text: String) throws(TaskFailure) {
        guard let target = Self.read(text) else {
            throw TaskFailure(.requestFailed, "the address \(Self.problem(of: text) ?? "cannot be requested")")
        }
        self = target
    }

    private init(url: String, name: String, host: String, authorization: String?, origin: String) {
        self.url = url
        self.name = name
        self.host = host
        self.authorization = authorization
        self.origin = origin
    }

    private static func read(_ text: String) -> RequestTarget? {
        guard problem(of: text) == nil, var parts = URLComponents(string: text), let host = parts.encodedHost,
            let scheme = parts.scheme?.lowercased()
        else { return nil }
        var authorization: String?
        if parts.user != nil || parts.password != nil {
            let credentials = "\(parts.user ?? ""):\(parts.password ?? "")"
            authorization = "Basic " + Data(credentials.utf8).base64EncodedString()
            parts.user = nil
            parts.password = nil
        }
        parts.fragment = nil
        guard let url = parts.string else { return nil }
        let port = parts.port.map { ":\($0)" } ?? ""
        return RequestTarget(
            url: url,
            name: "\(scheme)://\(host)\(port)\(parts.percentEncodedPath)",
            host: host + port,
            authorization: authorization,
            origin: "\(scheme)://\(host.lowercased()):\(parts.port ?? (scheme == "https" ? 443 : 80))"
        )
    }

    /// What is wrong with an address, if anything is. It does not tell the address.
    static func problem(of text: String) -> String? {
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            return "has a blank or a control character in it"
        }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
            return "is no address such as https://example.org/path"
        }
        guard scheme == "http" || scheme == "https" else {
            return "must begin with http:// or https://; '\(scheme)' cannot be requested"
        }
        guard let host = parts.encodedHost, !host.isEmpty else { return "names no host" }
        if let port = parts.port, !(1...65_535).contains(port) { return "has a port that is not in 1...65535" }
        return nil
    }

    /// Whether what is told to one server may be told to the other: scheme, host and port are the same.
    func hasSameOrigin(as other: RequestTarget) -> Bool { origin == other.origin }
}
