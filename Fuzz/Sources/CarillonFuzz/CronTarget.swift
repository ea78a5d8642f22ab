import CarillonTriggers

/// The eight fields of a cron trigger, one a line; an empty line is a field left out.
struct CronTarget: FuzzTarget {
    static let name = "cron"

    private static let words: [[UInt8]] = [
        "*", "*/", ",", " , ", "-", "/", "last", "last sun", "1st mon", "5th fri", "xth", "0", "7", "24", "31", "53",
        "60",
        "1970", "9999", "10000", "99999999999999999999", "jan-mar", "mon-fri", "\n", " ", "\t", "é", "\u{0}",
    ].map { Array($0.utf8) }

    private let zones: [Zone] = ["UTC", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"]
        .compactMap { try? Zone($0) }

    func input(_ generator: inout SeededGenerator) -> [UInt8] {
        let text = CronFieldName.allCases.map { name in
            guard generator.oneIn(3) else { return "" }
            switch name {
            case .year: return RandomCron.field(1970...2100, &generator)
            case .day:
                return generator.element(of: [
                    "last", "last sun", "2nd tue, last", RandomCron.field(1...31, &generator),
                ])
            case .month: return RandomCron.field(1...12, names: ["jan", "feb-apr", "DEC"], &generator)
            case .dayOfWeek: return RandomCron.field(0...6, names: ["mon", "tue-thu", "SUN"], &generator)
            default: return RandomCron.field(name.range, &generator)
            }
        }.joined(separator: "\n")
        return generator.oneIn(2) ? Array(text.utf8) : Mutator.mutate(Array(text.utf8), words: Self.words, &generator)
    }

    func run(_ bytes: [UInt8], _ generator: inout SeededGenerator) throws(Fault) -> Bool {
        var fields = CronFields()
        for (name, line) in zip(CronFieldName.allCases, bytes.split(separator: 0x0A, omittingEmptySubsequences: false))
        where !line.isEmpty {
            fields[name] = CronField(String(decoding: line, as: UTF8.self))
        }
        return try TriggerCheck.run(&generator) { (generator) throws(TriggerError) in
            try Trigger.cron(
                .fields(fields),
                in: generator.element(of: zones),
                gap: generator.element(of: GapPolicy.allCases),
                fold: generator.element(of: FoldPolicy.allCases)
            )
        }
    }
}
