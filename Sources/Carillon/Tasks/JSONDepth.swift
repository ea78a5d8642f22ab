/// How deep JSON is nested, found without a stack.
package enum JSONDepth {
    /// Returns whether arrays and objects lie within one another in more than so many levels. Of bytes that are not
    /// JSON it returns one or the other.
    package static func exceeds(_ levels: Int, _ json: [UInt8]) -> Bool {
        // Each level has two brackets.
        if json.count <= 2 * levels { return false }
        var depth = 0
        var (isText, isEscaped) = (false, false)
        for byte in json {
            if isEscaped {
                isEscaped = false
            } else if isText {
                isEscaped = byte == UInt8(ascii: "\\")
                isText = byte != UInt8(ascii: "\"")
            } else {
                switch byte {
                case UInt8(ascii: "\""): isText = true
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    depth += 1
                    if depth > levels { return true }
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
            }
        }
        return false
    }
}
