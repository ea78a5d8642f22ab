import CarillonTriggers
import Foundation
import Testing

@Suite struct TriggerCodableTests {
    /// Every kind with every key.
    static let triggers = [
        #"{"type":"date","run_date":"2025-12-01","timezone":"UTC"}"#,
        #"{"type":"date","run_date":"2025-12-01T08:00:00","timezone":"UTC"}"#,
        #"{"type":"date","run_date":"2025-12-01T08:00:00.25+01:00","timezone":"Europe/Berlin"}"#,
        #"{"type":"interval","seconds":1,"timezone":"UTC"}"#,
        #"{"type":"interval","weeks":1,"days":2,"hours":3,"minutes":4,"seconds":5,"start_date":"2025-01-01T00:00:00","end_date":"2026-01-01","timezone":"Asia/Tokyo","jitter":10,"first_run":"after_interval"}"#,
        #"{"type":"cron","hour":"9","timezone":"UTC"}"#,
        #"{"type":"cron","year":"2025-2030","month":"jan-mar,12","day":"last sun, 2nd tue","week":"*/2","day_of_week":"mon-fri","hour":"*/3","minute":"5/10","second":"0-30/10","start_date":"2025-01-01","end_date":"2026-01-01T00:00:00-05:00","timezone":"America/New_York","jitter":5,"gap":"skip","fold":"both"}"#,
        #"{"type":"crontab","expression":"*/15 9-17 * * mon-fri","timezone":"UTC"}"#,
        #"{"type":"crontab","expression":"0 0 LW * 5#2","weekdays":"apscheduler","timezone":"Europe/Berlin","jitter":60,"gap":"shift","fold":"both"}"#,
        #"{"type":"crontab","expression":"@Daily","timezone":"UTC"}"#,
        #"{"type":"calendarinterval","months":1,"timezone":"UTC"}"#,
        #"{"type":"calendarinterval","years":1,"months":2,"weeks":3,"days":4,"hour":5,"minute":6,"second":7,"start_date":"2025-01-31","end_date":"2035-01-31","timezone":"Pacific/Apia","gap":"shift"}"#,
        #"{"type":"or","triggers":[{"type":"cron","hour":"9","timezone":"Asia/Tokyo"},{"type":"interval","minutes":5,"timezone":"UTC"}]}"#,
        #"{"type":"and","triggers":[{"type":"crontab","expression":"0 0 13 * *","timezone":"UTC"},{"type":"or","triggers":[{"type":"cron","day_of_week":"fri","timezone":"UTC"}]}]}"#,
    ]

    /// The JSON form is written as it was read: default values left out, keys in one order.
    @Test(arguments: triggers) func jsonForm(text: String) throws {
        let value = try JSONReader.value(of: Array(text.utf8))
        let trigger = try Trigger(json: value)
        #expect(trigger.json.description == text)
        let again = try Trigger(json: trigger.json)
        #expect(again == trigger)
        #expect(again.hashValue == trigger.hashValue)
    }

    @Test(arguments: triggers) func encoderAndDecoder(text: String) throws {
        let trigger = try trigger(text)
        let decoded = try JSONDecoder().decode(Trigger.self, from: Data(text.utf8))
        let data = try JSONEncoder().encode(decoded)
        let again = try JSONDecoder().decode(Trigger.self, from: data)
        #expect(again == decoded)
        let start = try instant("2025-01-01T00:00:00Z")
        #expect(Array(again.fireTimes(after: start).prefix(5)) == Array(trigger.fireTimes(after: start).prefix(5)))
        // Among other values, in an array and in a dictionary.
        let list = try JSONDecoder().decode([String: [Trigger]].self, from: Data(#"{"a":[\#(text),\#(text)]}"#.utf8))
        #expect(list["a"] == [decoded, decoded])
        #expect(Set([decoded, again, trigger, decoded]).count == 1)
    }

    @Test func allAreDifferent() throws {
        let all = try Self.triggers.map { try trigger($0) }
        #expect(Set(all).count == Self.triggers.count)
    }

    /// Triggers made in Swift come back as they were.
    @Test func swiftForms() throws {
        let berlin = try Zone("Europe/Berlin")
        let start = Date(timeIntervalSince1970: 1_764_576_000.25)
        let triggers: [Trigger] = [
            .date(start), try .date("2025-12-01T08:00", in: berlin),
            try .interval(minutes: 5, start: start, end: start),
            try .interval(hours: 1, in: berlin, jitter: .seconds(5), firstRun: .afterInterval),
            try .cron(hour: 9, minute: "*/5", dayOfWeek: "mon-fri", start: start, in: berlin, gap: .shift, fold: .both),
            try .crontab(" 0 9 * * 1 ", in: .utc, weekdays: .apscheduler),
            try .calendarInterval(months: 1, hour: 9, start: "2025-01-31", end: "2026-01-31", gap: .skip),
            .any(of: .date(start), try .crontab("@hourly")), .all(of: try .crontab("@hourly"), try .crontab("@daily")),
            try .interval(minutes: 5).anchored(at: Instant(microseconds: 1_234_567_891_234_567)),
            try .calendarInterval(days: 2).anchored(at: Instant(seconds: 1_234_567_891)),
        ]
        for trigger in triggers {
            #expect(try Trigger(json: trigger.json) == trigger, "\(trigger.json)")
            #expect(try JSONDecoder().decode(Trigger.self, from: JSONEncoder().encode(trigger)) == trigger)
        }
    }

    /// What has its zone from the scheduler is read back the same by whoever has another one, part by part.
    @Test func zoneOfTheSchedulerIsWritten() throws {
        let inUTC = #"{"type":"cron","hour":"10","timezone":"UTC"}"#
        let text = #"{"type":"or","triggers":[{"type":"cron","hour":"9"},\#(inUTC)]}"#
        let resolved = try trigger(text, in: "Europe/Berlin")
        #expect(resolved != (try trigger(text, in: "Asia/Tokyo")))
        let written = resolved.json.description
        #expect(written.contains(#"{"type":"cron","hour":"9","timezone":"Europe/Berlin"}"#))
        let read = try trigger(written, in: "Asia/Tokyo")
        #expect(read == resolved)
        #expect(read.hashValue == resolved.hashValue)
        let start = try instant("2025-01-01T00:00:00Z")
        #expect(Array(read.fireTimes(after: start).prefix(5)) == Array(resolved.fireTimes(after: start).prefix(5)))
        let parts = [try Trigger.cron(hour: 9, in: Zone("Asia/Tokyo")), try .cron(hour: 9)]
        let mixed = Trigger.all(of: parts[0], parts[1]).resolved(defaultZone: try Zone("Europe/Berlin"))
        #expect(try trigger(mixed.json.description, in: "America/New_York") == mixed)
    }

    @Test func numbersAndStringsMeanTheSame() throws {
        let numbers = try trigger(#"{"type": "cron", "hour": 9, "minute": 30}"#)
        #expect(numbers == (try trigger(#"{"minute": " 30", "type": "cron", "hour": "9 "}"#)))
        #expect(numbers == (try Trigger.cron(hour: 9, minute: 30)))
    }

    @Test func codableChoices() throws {
        #expect(try JSONEncoder().encode([GapPolicy.shift]) == Data(#"["shift"]"#.utf8))
        #expect(try JSONDecoder().decode([FoldPolicy].self, from: Data(#"["both"]"#.utf8)) == [.both])
    }

    // MARK: Refusals

    @Test(
        arguments: [
            ("5", .invalidValue, ["must be an object, not the number 5"]), ("[]", .invalidValue, ["an array"]),
            (#""cron""#, .invalidValue, ["a string"]), ("null", .invalidValue, ["null"]),
            ("{}", .missingField, ["type"]),
            (#"{"type": 5}"#, .invalidValue, ["type", "a string"]),
            (#"{"type": null}"#, .invalidValue, ["type", "null"]),
            (#"{"type": "chron"}"#, .invalidValue, ["type", "'chron'", "did you mean 'cron'?"]),
            (#"{"type": ""}"#, .invalidValue, ["type: is empty; the kinds are and"]),
            (
                #"{"type": "interval", "seconds": "5"}"#, .invalidValue,
                ["seconds: must be a number of seconds, not a string"]
            ),
            (#"{"type": "cron", "hour": []}"#, .invalidValue, ["must be a string or a whole number, not an array"]),
            (#"{"type": "or", "triggers": 5}"#, .invalidValue, ["must be an array of triggers, not the number 5"]),
            (#"{"type": "date", "run_date": ""}"#, .invalidValue, ["run_date: is empty; a date is written like"]),
            (#"{"type": "cron", "hour": 5, "gap": ""}"#, .invalidValue, ["gap: is empty; it is one of once, skip"]),
            (#"{"type": "Cron", "hour": 5}"#, .invalidValue, ["type"]),
            (#"{"type": "cron", "hours": 5}"#, .unknownField, ["'hours'", "'hour'? The keys are hour, type, year"]),
            // A misspelt key comes before values that are wrong or missing.
            (#"{"type": "crontab", "expresion": "* * * * *"}"#, .unknownField, ["did you mean 'expression'?"]),
            (#"{"type": "interval", "minutes": "5", "secnds": 5}"#, .unknownField, ["did you mean 'seconds'?"]),
            (#"{"type": "cron", "hour": 5, "dayofweek": 1}"#, .unknownField, ["did you mean 'day_of_week'?"]),
            (#"{"type": "cron", "hour": 5, "": 1}"#, .unknownField, [#""" is not a key here"#]),
            (#"{"type": "cron", "hour": 5, "timezone": "Mars"}"#, .unknownZone, ["timezone", "'Mars'"]),
            (#"{"type": "cron", "hour": 5, "timezone": 5}"#, .invalidValue, ["timezone"]),
            (#"{"type": "crontab"}"#, .missingField, ["expression"]),
            (#"{"type": "crontab", "expression": ["* * * * *"]}"#, .invalidValue, ["expression", "an array"]),
            (
                #"{"type": "crontab", "expression": "* * * * *", "start_date": "2025-01-01"}"#, .unknownField,
                ["start_date"]
            ),
            (
                #"{"type": "crontab", "expression": "* * * * *", "weekdays": "quartz"}"#, .invalidValue,
                ["apscheduler"]
            ),
            (#"{"type": "date", "run_date": "2025-01-01", "jitter": 5}"#, .unknownField, ["jitter"]),
            (#"{"type": "or"}"#, .missingField, ["triggers"]),
            (#"{"type": "or", "triggers": []}"#, .invalidValue, ["empty"]),
            (#"{"type": "and", "triggers": {}}"#, .invalidValue, ["triggers", "an object"]),
            (#"{"type": "and", "triggers": ["x"]}"#, .invalidValue, ["triggers[0]"]),
            (
                #"{"type": "and", "triggers": [{"type": "cron", "hour": 1}, {"type": "or", "triggers": [{"type": "cron", "minute": 61}]}]}"#,
                .invalidValue, ["triggers[1].triggers[0].minute", "'61'", "0...59"]
            ),
            (
                #"{"type": "and", "triggers": [{"type": "cron", "hour": 1}], "timezone": "UTC"}"#, .unknownField,
                ["timezone"]
            ),
        ] as [(String, TriggerError.Code, [String])])
    func refused(text: String, code: TriggerError.Code, words: [String]) {
        expectRefusal(code, of: text, saying: words) { _ = try trigger(text) }
        // Any decoder tells the same.
        do {
            _ = try JSONDecoder().decode(Trigger.self, from: Data(text.utf8))
            Issue.record("\(text) is decoded")
        } catch DecodingError.dataCorrupted(let context) {
            let error = context.underlyingError as? TriggerError
            #expect(error?.code == code)
            for word in words { #expect(context.debugDescription.contains(word)) }
        } catch {
            Issue.record("\(text): \(error)")
        }
    }

    @Test func controlCharactersAreNotRepeated() {
        expectRefusal(of: "a bell", saying: [#"\u{07}"#]) { _ = try Trigger.crontab("\u{7} * * * *") }
        do {
            _ = try Trigger.crontab("\u{1B}[31m\u{0}\r\n * * * *")
        } catch {
            #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 })
        }
    }
}
