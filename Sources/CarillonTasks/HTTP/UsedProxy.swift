import Foundation

/// The proxy that a request went through, as a variable of the server names it.
struct UsedProxy: CustomStringConvertible {
    /// Such as `https_proxy`.
    let variable: String
    /// Host and port, as far as they are given.
    let host: String

    /// - Parameter text: The variable, ` == '`, its value, `'`. Who it says the user is is left out.
    init?(_ text: String) {
        guard let middle = text.range(of: " == '") else { return nil }
        variable = String(text[..<middle.lowerBound])
        var value = text[middle.upperBound...]
        if value.hasSuffix("'") { value.removeLast() }
        if let scheme = value.range(of: "://") { value = value[scheme.upperBound...] }
        value = value.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let user = value.lastIndex(of: "@") { value = value[value.index(after: user)...] }
        host = String(value)
    }

    var description: String { "the proxy \(host) (of the server's \(variable))" }
}
