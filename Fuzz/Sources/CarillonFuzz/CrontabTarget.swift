import CarillonTriggers

/// Crontab text.
struct CrontabTarget: FuzzTarget {
    static let name = "crontab"

    private static let words: [[UInt8]] = [
        "*", "*/", ",", "-", "/", "#", "L", "W", "LW", "15W", "5L", "5#2", "fri#5", "0", "1", "7", "9", "23", "24",
        "29",
        "30", "31", "59", "60", "99999999999999999999", "1000000", "mon", "SUN", "sat", "jan", "Dec", " ", "\t", "@",
        "@daily",
        "@reboot", "?", "H", "~", "\n", "\u{0}", "é", "５",
    ].map { Array($0.utf8) }

    private let zones: [Zone] = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
        .compactMap { try? Zone($0) }

    func input(_ generator: inout SeededGenerator) -> [UInt8] {
        let text =
            if generator.oneIn(20) {
                generator.element(of: ["@yearly", "@monthly", "@weekly", "@daily", "@hourly", "@reboot"])
            } else {
                RandomCron.crontab(&generator)
            }
        return generator.oneIn(2) ? Array(text.utf8) : Mutator.mutate(Array(text.utf8), words: Self.words, &generator)
    }

    func run(_ bytes: [UInt8], _ generator: inout SeededGenerator) throws(Fault) -> Bool {
        try TriggerCheck.run(&generator) { (generator) throws(TriggerError) in
            try Trigger.crontab(
                String(decoding: bytes, as: UTF8.self),
                in: generator.element(of: zones),
                gap: generator.element(of: GapPolicy.allCases),
                fold: generator.element(of: FoldPolicy.allCases),
                weekdays: generator.element(of: CrontabWeekdays.allCases)
            )
        }
    }
}

/// Makes cron expressions, most of them sound.
enum RandomCron {
    static func crontab(_ generator: inout SeededGenerator) -> String {
        var fields = [
            field(0...59, &generator), field(0...23, &generator), day(&generator),
            field(1...12, names: ["jan", "feb", "jun", "dec"], &generator), weekday(&generator),
        ]
        if generator.oneIn(5) { fields.insert(field(0...59, &generator), at: 0) }
        return fields.joined(separator: " ")
    }

    static func field(_ range: ClosedRange<Int>, names: [String] = [], _ generator: inout SeededGenerator) -> String {
        if generator.oneIn(3) { return "*" }
        return (0..<generator.element(of: [1, 1, 2, 4])).map { _ in
            let ends = [generator.number(range), generator.number(range)].sorted()
            switch generator.number(0...(names.isEmpty ? 5 : 6)) {
            case 0: return "*/\(generator.number(1...range.upperBound))"
            case 1: return "\(ends[0])-\(ends[1])"
            case 2: return "\(ends[0])-\(ends[1])/\(generator.number(1...5))"
            case 3: return "\(ends[0])/\(generator.number(1...5))"
            case 6: return generator.element(of: names)
            default: return "\(ends[0])"
            }
        }.joined(separator: ",")
    }

    private static func day(_ generator: inout SeededGenerator) -> String {
        switch generator.number(0...7) {
        case 0: "L"
        case 1: "LW"
        case 2: "\(generator.number(1...31))W"
        default: field(1...31, &generator)
        }
    }

    private static func weekday(_ generator: inout SeededGenerator) -> String {
        switch generator.number(0...6) {
        case 0: "\(generator.number(0...7))#\(generator.number(1...5))"
        case 1: "\(generator.number(0...7))L"
        default: field(0...7, names: ["mon", "Tue", "SUN", "mon-fri"], &generator)
        }
    }
}
