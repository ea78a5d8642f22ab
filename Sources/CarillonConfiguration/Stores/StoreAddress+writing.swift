#if Configuration
extension StoreAddress: CustomStringConvertible, CustomDebugStringConvertible {
    /// The address with stars for the password and for parameters that may hold one.
    public var description: String {
        text(password: password.map(\.description)) { parameter in
            let name = parameter.name.lowercased()
            let isSecret = ["pass", "pwd", "secret", "token", "key", "auth"].contains { name.contains($0) }
            return isSecret ? parameter.value.description : Self.encoded(parameter.value.value)
        }
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// The whole address with its password, as clients of such stores take it.
    public var text: Secret {
        Secret(text(password: password.map { Self.encoded($0.value) }) { Self.encoded($0.value.value) })
    }

    private func text(password: String?, _ value: (Parameter) -> String) -> String {
        switch kind {
        case .memory: return "memory:"
        case .sqlite:
            let path = (path ?? ":memory:").split(separator: "?", omittingEmptySubsequences: false)
            return "sqlite:///\(path.joined(separator: "%3F"))\(query(value))"
        default:
            let credentials =
                user == nil && password == nil
                ? "" : "\(Self.encoded(user ?? ""))\(password.map { ":\($0)" } ?? "")@"
            let hosts = hosts.map { host in
                let name = host.name.contains(":") ? "[\(host.name)]" : host.name
                return host.port.map { "\(name):\($0)" } ?? name
            }
            let path = path.map { kind == .zookeeper ? $0 : "/\(Self.encoded($0))" } ?? ""
            return "\(scheme)://\(credentials)\(hosts.joined(separator: ","))\(path)\(query(value))"
        }
    }

    private var scheme: String {
        switch kind {
        case .redis where usesTLS: "rediss"
        case .mongodb where usesServiceRecords: "mongodb+srv"
        default: kind.rawValue
        }
    }

    private func query(_ value: (Parameter) -> String) -> String {
        guard !parameters.isEmpty else { return "" }
        return "?" + parameters.map { "\(Self.encoded($0.name))=\(value($0))" }.joined(separator: "&")
    }

    /// Percent-encodes all but unreserved characters (RFC 3986, section 2).
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
