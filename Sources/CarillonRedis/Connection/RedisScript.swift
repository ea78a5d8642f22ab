#if Redis
internal import COpenSSL

/// A script in Lua, which the server knows by its SHA-1.
struct RedisScript: Sendable {
    let text: String
    /// The SHA-1 in hexadecimal digits.
    let digest: String

    /// Creates a script from its parts.
    ///
    /// - Parameter writes: Whether it writes. All scripts begin with `#!lua`: without that the memory limit would be judged
    ///   by their first write alone, and replicas would refuse those that only read.
    init(writes: Bool, _ parts: String...) {
        text = "#!lua\(writes ? "" : " flags=no-writes")\n" + parts.joined(separator: "\n")
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        let bytes = Array(text.utf8)
        SHA1(bytes, bytes.count, &digest)
        let digits = Array("0123456789abcdef".utf8)
        self.digest = String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
#endif
