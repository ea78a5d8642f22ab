import CarillonTriggers

/// Lines of `carillon next --jsonl`.
struct RequestTarget: FuzzTarget {
    static let name = "request"

    private static let words: [[UInt8]] =
        JSONTarget.words
        + [
            "\"type\":\"cron\"", "\"type\":\"or\"", "\"triggers\":[", "\"count\":10000000", "\"count\":-1",
            "\"timezone\":\"UTC\"",
            "2025-02-30", "T24:00:00", "+25:00", "../", "Europe/Berlin", "\"jitter\":1,",
            "\"start_date\":\"9999-12-31\",",
            "\"end_date\":\"0001-01-01\",", "\"seconds\":9223372036854775807,", "*/0", "L", "@every 5m",
        ].map { Array($0.utf8) }
    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kolkata",
        "Mars/Phobos",
    ]
    private static let dates = [
        "2025-03-30T00:30:00+01:00", "2025-10-26T00:30:00Z", "1900-01-01T00:00:00Z", "9999-12-31T00:00:00Z",
        "2011-12-30T08:00:00.25-10:00", "0001-01-01T00:00:00+14:00", "2038-01-19T03:14:08Z",
    ]

    func input(_ generator: inout SeededGenerator) -> [UInt8] {
        let text = """
            {"id":"\(generator.number(0...9))","trigger":\(Self.trigger(depth: 0, &generator)),\
            "timezone":"\(generator.element(of: Self.zones))","after":"\(generator.element(of: Self.dates))",\
            "count":\(generator.element(of: [0, 1, 5, 10, 10_000_000]))}
            """
        return generator.oneIn(2) ? Array(text.utf8) : Mutator.mutate(Array(text.utf8), words: Self.words, &generator)
    }

    func run(_ bytes: [UInt8], _ generator: inout SeededGenerator) throws(Fault) -> Bool {
        var id: String?
        let request: FireTimeRequest
        do throws(TriggerError) {
            request = try FireTimeRequest(JSONReader.value(of: bytes), id: &id)
        } catch {
            guard !error.description.isEmpty else { throw Fault("an error without words") }
            return false
        }
        try TriggerCheck.checkRoundTrip(request.trigger)
        // As the command writes them.
        let zone = request.trigger.ownZone ?? request.zone
        var text = TimeText()
        var before = request.after
        for time in request.trigger.fireTimes(after: request.after).prefix(min(request.count, 10)) {
            guard time > before else { throw Fault("\(time) follows \(before)") }
            before = time
            text.clear()
            text.append(time, in: zone)
            // On the last evening of the calendar it is the year 10000 in other zones, and the year 0 on the first day.
            guard abs(time.flooredSeconds - 95_633_352_000) < 157_768_700_000 else { continue }
            guard Moment(text.string)?.instant(in: .utc) == time || zone.offset(at: time) % 60 != 0 else {
                throw Fault("\(time) is written \(text.string)")
            }
        }
        guard !request.trigger.description.isEmpty else { throw Fault("a description without words") }
        return true
    }

    private static func trigger(depth: Int, _ generator: inout SeededGenerator) -> String {
        let date = generator.element(of: [
            "2025-03-30", "2024-02-29", "2025-01-31", "9999-12-31", "0001-01-01", "2011-12-30",
        ])
        let zone = generator.oneIn(3) ? #","timezone":"\#(generator.element(of: zones.dropLast()))""# : ""
        let gap = generator.oneIn(3) ? #","gap":"\#(generator.element(of: ["once", "skip", "shift"]))""# : ""
        switch generator.number(0...(depth < 3 ? 6 : 4)) {
        case 0: return #"{"type":"date","run_date":"\#(date)T02:30:00"\#(zone)}"#
        case 1:
            let unit = generator.element(of: ["weeks", "days", "hours", "minutes", "seconds"])
            let start = generator.oneIn(2) ? #","start_date":"\#(date)""# : ""
            return #"{"type":"interval","\#(unit)":\#(generator.number(1...100))\#(start)\#(zone)}"#
        case 2:
            return #"{"type":"crontab","expression":"\#(RandomCron.crontab(&generator))"\#(zone)\#(gap)}"#
        case 3:
            let hour = RandomCron.field(0...23, &generator)
            let end = generator.oneIn(3) ? #","end_date":"\#(date)""# : ""
            return
                #"{"type":"cron","hour":"\#(hour)","minute":"\#(RandomCron.field(0...59, &generator))"\#(end)\#(zone)\#(gap)}"#
        case 4:
            let unit = generator.element(of: ["years", "months", "weeks", "days"])
            let start = generator.oneIn(2) ? #","start_date":"\#(date)""# : ""
            return #"{"type":"calendarinterval","\#(unit)":\#(generator.number(1...20))\#(start)\#(zone)\#(gap)}"#
        default:
            let parts = (0..<generator.number(1...3)).map { _ in trigger(depth: depth + 1, &generator) }
            return #"{"type":"\#(generator.element(of: ["and", "or"]))","triggers":[\#(parts.joined(separator: ","))]}"#
        }
    }
}
