#if Command
import ArgumentParser

/// A length of time on the command line: `90`, `90s`, `5m`, `1h30m`, `2d`, `1w`.
struct SecondsText {
    let seconds: Int

    static let help = "seconds, or numbers with w, d, h, m and s, such as 90s, 5m or 1h30m"
    /// A hundred years.
    private static let longest = 3_155_760_000

    /// - Throws: `ValidationError`, saying what is allowed.
    init(_ text: String) throws {
        var total = 0
        var digits = ""
        var units: [Character: Int] = ["w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1]
        var isWhole = !text.isEmpty
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            // Each unit once.
            guard let number = Int(digits), number <= Self.longest, let unit = units.removeValue(forKey: character)
            else {
                isWhole = false
                break
            }
            digits = ""
            total += number * unit
            guard total <= Self.longest else { break }
        }
        if !digits.isEmpty {
            // A number alone counts seconds; behind a unit it lacks its own.
            guard text.count == digits.count, let number = Int(digits) else {
                throw Self.refusal(text)
            }
            total = number
        }
        guard isWhole, total <= Self.longest else { throw Self.refusal(text) }
        seconds = total
    }

    private static func refusal(_ text: String) -> ValidationError {
        ValidationError("it is not a length of time: \(help); a hundred years at most")
    }
}
#endif
