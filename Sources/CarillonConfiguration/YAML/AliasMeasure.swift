#if Configuration
import Yams

/// How much the aliases of a YAML text (`*a`) may stand for.
///
/// A text of a kilobyte can stand for more than any machine holds. What a job takes from it is counted where it is read;
/// here the text as a whole is looked at, before and after it is parsed.
struct AliasMeasure {
    /// The most bytes that a text with its aliases written out may have.
    private static let limit = 1_000_000_000

    private(set) var anchors = 0
    private(set) var aliases = 0
    /// Where the last alias begins, in bytes.
    private(set) var lastAlias = 0
    /// Whether something other than a scalar may be a key: only then does the parser go through all that an alias stands
    /// for.
    private(set) var mayHaveComplexKeys = false
    /// Whether there may be a tag.
    private(set) var mayHaveTags = false

    /// Looks for the marks of anchors, aliases, tags and complex keys where such a thing may begin, quoted text included.
    init(_ text: [UInt8]) {
        text.withUnsafeBufferPointer { bytes in
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "&") where Self.beginsName(bytes, index): anchors += 1
                case UInt8(ascii: "*") where Self.beginsName(bytes, index):
                    aliases += 1
                    lastAlias = index
                    let end = bytes[(index + 1)...].firstIndex { !Self.isNamePart($0) } ?? bytes.count
                    if Self.isBeforeColon(bytes, end) { mayHaveComplexKeys = true }
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    if Self.isBeforeColon(bytes, index + 1) { mayHaveComplexKeys = true }
                case UInt8(ascii: "!") where Self.mayStandBefore(bytes, index): mayHaveTags = true
                case UInt8(ascii: "?") where Self.mayStandBefore(bytes, index):
                    mayHaveComplexKeys = true
                default: break
                }
            }
        }
    }

    /// Whether the parser may have to go through more than a billion bytes. The most that so many aliases reach is when
    /// they are spread evenly over anchors within anchors.
    func isTooMuchToParse(byteCount: Int) -> Bool {
        guard mayHaveComplexKeys, anchors > 0, aliases > 0 else { return false }
        var reached = Double(byteCount)
        let levels = max(1, min(anchors, aliases * 10 / 27))
        for _ in 0..<levels where reached <= Double(Self.limit) {
            reached *= max(1, Double(aliases) / Double(levels))
        }
        return reached > Double(Self.limit)
    }

    private static func beginsName(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        index + 1 < bytes.count && isNamePart(bytes[index + 1]) && mayStandBefore(bytes, index)
    }

    /// Whether something of its own may begin at a place. Beyond ASCII there are line ends of Unicode.
    private static func mayStandBefore(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard index > 0 else { return true }
        switch bytes[index - 1] {
        case 0...0x20, 0x80...0xFF, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"):
            return true
        default: return false
        }
    }

    private static func isBeforeColon(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        var index = start
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        return index < bytes.count && bytes[index] == UInt8(ascii: ":")
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
#endif
