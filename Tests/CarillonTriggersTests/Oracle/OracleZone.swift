import Foundation

/// The offsets of a zone up to the year 2112, read from the zone file by other means than the library's.
struct OracleZone {
    /// A stretch of time with one offset.
    struct Piece {
        var start: Int
        var end: Int
        var offset: Int
    }

    let pieces: [Piece]

    init?(_ name: String) {
        guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)") else { return nil }
        self.init(file: [UInt8](data))
    }

    init?(file: [UInt8]) {
        func number(_ at: Int, _ length: Int) -> Int {
            var value = file[at] >= 128 ? -1 : 0
            for byte in file[at..<(at + length)] { value = value * 256 + Int(byte) }
            return value
        }
        func counts(_ at: Int) -> [Int] { (0..<6).map { number(at + 20 + 4 * $0, 4) } }
        // In the order of the header: UTC indicators, standard indicators, leap seconds, times, types, characters.
        let old = counts(0)
        let header = 44 + old[3] * 5 + old[4] * 6 + old[5] + old[2] * 8 + old[1] + old[0]
        guard file[4] >= UInt8(ascii: "2") else { return nil }
        let new = counts(header)
        let times = header + 44
        let kinds = times + new[3] * 8
        let types = kinds + new[3]
        let footer = types + new[4] * 6 + new[5] + new[2] * 12 + new[1] + new[0]
        let text = String(decoding: file[(footer + 1)..<(file.count - 1)], as: UTF8.self)

        var changes: [(time: Int, offset: Int)] = [(-100_000_000_000, number(types, 4))]
        for index in 0..<new[3] {
            changes.append((number(times + 8 * index, 8), number(types + 6 * Int(file[kinds + index]), 4)))
        }
        if let last = changes.last, text.contains(",") {
            for change in Self.yearlyChanges(text) where change.time > last.time { changes.append(change) }
        }
        var pieces: [Piece] = []
        for (index, change) in changes.enumerated() {
            let end = index + 1 < changes.count ? changes[index + 1].time : 100_000_000_000
            if let last = pieces.last, last.offset == change.offset {
                pieces[pieces.count - 1].end = end
            } else {
                pieces.append(Piece(start: change.time, end: end, offset: change.offset))
            }
        }
        self.pieces = pieces
    }

    func offset(at time: Int) -> Int { pieces[index(at: time)].offset }

    /// The stretches that overlap a span of time.
    func pieces(from first: Int, through last: Int) -> ArraySlice<Piece> { pieces[index(at: first)...index(at: last)] }

    /// The moments in a span of time at which the offset changes.
    func changes(from first: Int, through last: Int) -> [Int] {
        pieces.dropFirst().map(\.start).filter { $0 >= first && $0 <= last }
    }

    private func index(at time: Int) -> Int {
        var low = 0
        var high = pieces.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if pieces[middle].start <= time { low = middle } else { high = middle - 1 }
        }
        return low
    }

    // MARK: The rule of the footer, such as `CET-1CEST,M3.5.0,M10.5.0/3`

    private static func yearlyChanges(_ text: String) -> [(time: Int, offset: Int)] {
        let parts = text.split(separator: ",")
        let (standard, daylight) = offsets(parts[0])
        var changes: [(time: Int, offset: Int)] = []
        for year in 1970...2111 {
            changes.append((wallTime(parts[1], year) - standard, daylight))
            changes.append((wallTime(parts[2], year) - daylight, standard))
        }
        return changes.sorted { $0.time < $1.time }
    }

    private static func offsets(_ text: Substring) -> (standard: Int, daylight: Int) {
        var rest = text
        skipName(&rest)
        let number = rest.prefix { "+-:0123456789".contains($0) }
        let standard = -seconds(number)
        rest = rest.dropFirst(number.count)
        skipName(&rest)
        return (standard, rest.isEmpty ? standard + 3600 : -seconds(rest))
    }

    private static func skipName(_ text: inout Substring) {
        if text.first == "<" {
            text = text.drop { $0 != ">" }.dropFirst()
        } else {
            text = text.drop(while: \.isLetter)
        }
    }

    /// `-3:30`, `2`, `26:00:00`.
    private static func seconds(_ text: some StringProtocol) -> Int {
        let isNegative = text.first == "-"
        var size = 0
        for (unit, part) in zip([3600, 60, 1], text.split(separator: ":")) {
            size += unit * (Int(String(part.filter(\.isNumber))) ?? 0)
        }
        return isNegative ? -size : size
    }

    private static func wallTime(_ text: Substring, _ year: Int) -> Int {
        let parts = text.split(separator: "/")
        let time = parts.count > 1 ? seconds(parts[1]) : 7200
        let newYear = OracleCalendar.number(year: year, month: 1, day: 1)
        let leap = OracleCalendar.monthLength(2, year) == 29
        var number: Int
        switch parts[0].first {
        case "M":
            let rule = parts[0].dropFirst().split(separator: ".").map { Int($0) ?? 0 }
            let first = OracleCalendar.number(year: year, month: rule[0], day: 1)
            let days = (0..<OracleCalendar.monthLength(rule[0], year)).map { first + $0 }
                .filter { (OracleCalendar[$0].weekday + 1) % 7 == rule[2] }
            number = days[min(rule[1], days.count) - 1]
        case "J":
            let count = Int(parts[0].dropFirst()) ?? 1
            number = newYear + count - 1 + (leap && count > 59 ? 1 : 0)
        default:
            number = newYear + (Int(parts[0]) ?? 0)
        }
        number *= 86_400
        return number + time
    }
}
