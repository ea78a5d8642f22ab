#if Web
import HTTPTypes
import HummingbirdCore

/// Refuses requests that a browser sends for somebody else's page.
struct RequestOrigin {
    /// The names in the header `Host` that are answered; `nil` for all.
    private let hosts: [String]?
    /// Whether addresses are answered as well as these names.
    private let takesAddresses: Bool

    init(_ options: RESTOptions) {
        if let hosts = options.hosts {
            (self.hosts, takesAddresses) = (hosts.map { $0.lowercased() }, false)
        } else if case .anybody = options.access.rule {
            (hosts, takesAddresses) = (["localhost"], true)
        } else {
            (hosts, takesAddresses) = (nil, true)
        }
    }

    /// - Throws: `RESTProblem` if the request has another host, or is from another origin.
    func check(_ request: Request) throws(RESTProblem) {
        let authority = request.head.authority?.lowercased()
        if let hosts, let authority {
            let host = Self.host(of: authority)
            guard hosts.contains(host) || takesAddresses && Self.isAddress(host) else {
                throw RESTProblem(
                    .misdirectedRequest,
                    "the host '\(host.prefix(100))' is not answered here; whoever runs the server can name it in 'hosts' (api.hosts)"
                )
            }
        }
        if let name = Self.fetchSite, request.headers[name]?.lowercased() == "cross-site" { throw Self.foreign }
        if let origin = request.headers[.origin]?.lowercased() {
            // Behind the scheme; an opaque origin is 'null'.
            let parts = origin.split(separator: "://", maxSplits: 1)
            guard parts.count == 2, let authority, parts[1] == authority else { throw Self.foreign }
        }
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")
    private static let foreign = RESTProblem(
        .forbidden, "requests from pages of other origins are refused")

    /// The host of an authority, without the port.
    private static func host(of authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.prefix { $0 != "]" }) + "]" }
        return String(authority.prefix { $0 != ":" })
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("[") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
#endif
