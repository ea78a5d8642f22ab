#if Redis
internal import Carillon
internal import Foundation

/// A server, and how to reach it.
struct RedisServer: Sendable {
    let address: RedisAddress
    /// The store, in an error.
    let place: String

    init(_ address: RedisAddress) {
        self.address = address
        place = "the job store \(address)"
    }

    /// What all keys begin with. The braces keep them in one slot of a cluster.
    var prefix: String { "{\(address.prefix)}:" }

    /// The password, which may be in a file.
    func password() throws(RedisFailure) -> String? {
        guard let file = address.passwordFile else { return address.password }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw RedisFailure(.refused("WRONGPASS"), "the file of its password, '\(file)', cannot be read")
        }
        return text.trimmingCharacters(in: .newlines)
    }
}
#endif
