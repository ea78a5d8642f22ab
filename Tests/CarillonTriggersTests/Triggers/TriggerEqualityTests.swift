import CarillonTriggers
import Testing

/// When two triggers count as the same, which decides whether a job that is added again keeps its course.
@Suite struct TriggerEqualityTests {
    /// Each kind, and the same with one key more or another value.
    private static let variants: [[String]] = [
        [
            #""type": "date", "run_date": "2025-01-31""#, #""type": "date", "run_date": "2025-01-30""#,
            #""type": "date", "run_date": "2025-01-31", "timezone": "Asia/Tokyo""#,
        ],
        [
            #""hours": 1"#, #""minutes": 60"#, #""hours": 1, "start_date": "2025-01-31""#,
            #""hours": 1, "end_date": "2025-01-31""#, #""hours": 1, "jitter": 5"#,
            #""hours": 1, "timezone": "Asia/Tokyo""#,
            #""hours": 1, "first_run": "after_interval""#,
        ].map { #""type": "interval", \#($0)"# },
        [
            #""hour": 1"#, #""hour": 2"#, #""hour": 1, "minute": 0"#, #""hour": 1, "start_date": "2025-01-31""#,
            #""hour": 1, "end_date": "2025-01-31""#, #""hour": 1, "jitter": 5"#,
            #""hour": 1, "timezone": "Asia/Tokyo""#,
            #""hour": 1, "gap": "skip""#, #""hour": 1, "fold": "both""#,
        ].map { #""type": "cron", \#($0)"# },
        [
            #""expression": "0 1 * * 1""#, #""expression": "0 1 * * mon""#,
            #""expression": "0 1 * * 1", "weekdays": "apscheduler""#, #""expression": "0 1 * * 1", "gap": "shift""#,
        ].map { #""type": "crontab", \#($0)"# },
        [
            #""months": 1"#, #""months": 2"#, #""months": 1, "days": 1"#, #""months": 1, "hour": 1"#,
            #""months": 1, "minute": 1"#, #""months": 1, "second": 1"#, #""months": 1, "start_date": "2025-01-31""#,
            #""months": 1, "end_date": "2025-01-31""#, #""months": 1, "gap": "skip""#,
            #""months": 1, "timezone": "Asia/Tokyo""#,
        ].map { #""type": "calendarinterval", \#($0)"# },
        ["and", "or"].flatMap { kind in
            ["1", "2", "1, 2", "1, 3", "2, 1", "1, 2, 3"].map { hours in
                let parts = hours.split(separator: ", ").map { #"{"type": "cron", "hour": \#($0)}"# }
                return #""type": "\#(kind)", "triggers": [\#(parts.joined(separator: ", "))]"#
            }
        },
    ]

    @Test(arguments: variants) func oneDifferenceIsEnough(texts: [String]) throws {
        let triggers = try texts.map { try trigger("{\($0)}") }
        let again = try texts.map { try trigger("{\($0)}") }
        for (index, left) in triggers.enumerated() {
            for (other, right) in again.enumerated() {
                #expect((left == right) == (index == other), "\(texts[index]) and \(texts[other])")
                // A start date may be the one that the trigger got when it was added.
                let isAnchoredForm = left.anchored(at: .earliest) == left && right.anchored(at: .earliest) != right
                if isAnchoredForm { continue }
                #expect(left.isSame(asGiven: right) == (index == other), "\(texts[index]) and \(texts[other])")
            }
            #expect(left.hashValue == again[index].hashValue)
        }
    }

    /// A zone that was given is the same as the default one that was not.
    @Test func whereTheZoneComesFromDoesNotCount() throws {
        let given = try trigger(#"{"type": "cron", "hour": 1, "timezone": "Asia/Tokyo"}"#)
        let resolved = try trigger(#"{"type": "cron", "hour": 1}"#, in: "Asia/Tokyo")
        #expect(given == resolved)
        #expect(given.hashValue == resolved.hashValue)
    }

    /// A trigger that got its start date when it was added is the one that was given without one.
    @Test(arguments: [
        #"{"type": "interval", "hours": 1}"#, #"{"type": "interval", "hours": 1, "first_run": "after_interval"}"#,
        #"{"type": "calendarinterval", "days": 2}"#,
        #"{"type": "or", "triggers": [{"type": "cron", "hour": 1}, {"type": "interval", "hours": 1}]}"#,
        #"{"type": "and", "triggers": [{"type": "or", "triggers": [{"type": "calendarinterval", "days": 2}]}]}"#,
    ])
    func startDateOfTheMomentItWasAdded(text: String) throws {
        let given = try trigger(text)
        let added = given.anchored(at: try instant("2025-01-01T00:00:00Z"))
        let addedLater = given.anchored(at: try instant("2025-01-03T12:00:00Z"))
        #expect(added != given && added != addedLater)
        #expect(added.isSame(asGiven: given) && added.isSame(asGiven: added))
        #expect(!given.isSame(asGiven: added) && !added.isSame(asGiven: addedLater))
    }
}
