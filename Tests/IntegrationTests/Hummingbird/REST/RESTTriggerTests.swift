#if Web
import Carillon
import CarillonHummingbird
import CarillonTriggers
import HTTPTypes
import Testing

/// How triggers and dates are read and shown.
@Suite(.timeLimit(.minutes(1))) struct RESTTriggerTests {
    @Test(
        "Dates keep the offset that they came with; those without one get that of the zone",
        arguments: [
            ("2031-05-01", "UTC", "2031-05-01T00:00:00+00:00"),
            ("2031-05-01T10:00", "UTC", "2031-05-01T10:00:00+00:00"),
            ("2031-05-01 10:00:00", "UTC", "2031-05-01T10:00:00+00:00"),
            ("2031-05-01T10:00:00.5Z", "UTC", "2031-05-01T10:00:00.500000+00:00"),
            ("2031-05-01T10:00:00.123456789+00:00", "UTC", "2031-05-01T10:00:00.123456+00:00"),
            ("2031-05-01T10:00:00-03:30", "UTC", "2031-05-01T10:00:00-03:30"),
            ("2031-05-01 10:00Z", "Europe/Berlin", "2031-05-01T10:00:00+00:00"),
            ("2031-07-15", "Europe/Berlin", "2031-07-15T00:00:00+02:00"),
            ("2031-01-15T08:00", "Europe/Berlin", "2031-01-15T08:00:00+01:00"),
            // A time that is skipped is as long after the gap; a repeated one is the first.
            ("2031-03-30T02:30:00", "Europe/Berlin", "2031-03-30T03:30:00+02:00"),
            ("2031-03-30T02:00:00.25", "Europe/Berlin", "2031-03-30T03:00:00.250000+02:00"),
            ("2031-03-30T03:00:00", "Europe/Berlin", "2031-03-30T03:00:00+02:00"),
            ("2031-10-26T02:30:00", "Europe/Berlin", "2031-10-26T02:30:00+02:00"),
        ])
    func dates(_ given: String, _ zone: String, _ shown: String) async throws {
        for isOwn in [true, false] {
            let bench = try await RESTBench { if !isOwn { $0.zone = try Zone(zone) } }
            let own = isOwn ? #", "timezone": "\#(zone)""# : ""
            let flat = try await bench.post(#", "trigger": "date", "run_date": "\#(given)"\#(own)"#)
            #expect(flat["run_date"] == .string(shown) && flat["next_run_time"] == .string(shown))
            let nested = try await bench.post(
                #", "replace_existing": true, "trigger": {"type": "date", "run_date": "\#(given)"\#(own)}"#)
            #expect(nested["run_date"] == .string(shown) && nested["next_run_time"] == .string(shown))
            let start = try await bench.post(
                #", "replace_existing": true, "trigger": "cron", "hour": 1, "start_date": "\#(given)", "end_date": "\#(given)"\#(own)"#
            )
            #expect(start["start_date"] == .string(shown) && start["end_date"] == .string(shown))
            let set = try await bench.add(#", "replace_existing": true, "next_run_time": "\#(given)"\#(own)"#)
            #expect(set["next_run_time"] == .string(shown))
            #expect(try await bench.job().json == set.json)
            await bench.scheduler.shutdown()
        }
    }

    @Test(
        "Nothing is guessed from other texts",
        arguments: [
            #""10""#, #""""#, #""soon""#, #""03/04/2031""#, #""2031-5-1""#, #""2031-05-01T10""#,
            #""2031-05-01T10:00:00 EST""#,
            #""2031-05-01T24:00""#, #""2031-02-29""#, #""2031-05-01T10:00:00+0200""#, #""20310501""#, #"" 2031-05-01""#,
            #""2031-05-01t10:00:00z""#, "1935309600", "1.5", "true", "null", "[]", "{}", #"{"date": "2031-05-01"}"#,
        ])
    func noDates(_ given: String) async throws {
        let bench = try await RESTBench()
        for body in [
            #", "trigger": "date", "run_date": \#(given)"#, #", "trigger": {"type": "date", "run_date": \#(given)}"#,
            #", "run_date": \#(given)"#, #", "trigger": "interval", "hours": 1, "start_date": \#(given)"#,
            #", "trigger": "cron", "hour": 1, "end_date": \#(given)"#,
        ] { #expect(try await bench.post(body).status == 422, "\(body)") }
        try await bench.add()
        if given != "null" { #expect(try await bench.patch(#"{"next_run_time": \#(given)}"#).status == 422) }
        await bench.scheduler.shutdown()
    }

    @Test("Without a trigger, or with null, a job runs now, in the scheduler's zone")
    func now() async throws {
        for body in [
            "", #", "trigger": null"#, #", "trigger": "date""#, #", "trigger": {"type": "date"}"#, #", "trigger": {}"#,
        ] {
            let bench = try await RESTBench { $0.zone = try Zone("Asia/Tokyo") }
            let answer = try await bench.post(body)
            #expect(answer["run_date"] == .string("2030-06-01T21:00:00+09:00") && answer["trigger"] == .string("date"))
            #expect(answer["next_run_time"] == answer["run_date"])
            #expect(await bench.ran.next() == "world")
            await bench.scheduler.shutdown()
        }
    }

    @Test(
        "Lengths of intervals are carried over",
        arguments: [
            (#""minutes": 90"#, #"{"hours":1,"minutes":30}"#), (#""seconds": 3600"#, #"{"hours":1}"#),
            (#""days": 8"#, #"{"weeks":1,"days":1}"#), (#""hours": 25, "minutes": 0"#, #"{"days":1,"hours":1}"#),
            (#""seconds": 0.5"#, #"{"seconds":0.5}"#), (#""seconds": 90.25"#, #"{"minutes":1,"seconds":30.25}"#),
            (#""weeks": 1, "days": 6, "hours": 23, "minutes": 59, "seconds": 60"#, #"{"weeks":2}"#),
        ])
    func lengths(_ given: String, _ shown: String) async throws {
        let bench = try await RESTBench()
        let answer = try await bench.post(#", "trigger": "interval", \#(given), "start_date": "2031-01-01T00:00:00Z""#)
        let units = ["weeks", "days", "hours", "minutes", "seconds"].compactMap { unit in
            answer[unit].map { JSONValue.Member(unit, $0) }
        }
        #expect(JSONValue.object(units).description == shown)
        await bench.scheduler.shutdown()
    }

    @Test("An interval without a start first runs after one interval, and says so in its zone")
    func firstRun() async throws {
        let bench = try await RESTBench { $0.zone = try Zone("Europe/Berlin") }
        let hour = JSONValue.string("2030-06-01T15:00:00+02:00")
        for body in [#", "trigger": "interval", "hours": 1"#, #", "trigger": {"type": "interval", "minutes": 60}"#] {
            let answer = try await bench.post(body + #", "replace_existing": true"#)
            #expect(answer["start_date"] == hour && answer["next_run_time"] == hour && answer["first_run"] == nil)
        }
        let changed = try await bench.patch(#"{"trigger": "interval", "minutes": 7}"#)
        #expect(changed["next_run_time"] == .string("2030-06-01T14:07:00+02:00"))
        let both = try await bench.post(
            #", "replace_existing": true, "trigger": {"type": "or", "triggers": [{"type": "interval", "hours": 1}]}"#)
        #expect(both["next_run_time"] == hour)
        await bench.scheduler.shutdown()
    }

    @Test(
        "Fields of cron are shown in short form",
        arguments: [
            ("hour", "5", "5"), ("hour", #""05""#, "5"), ("hour", #""1, 2""#, "1,2"),
            ("day_of_week", #""MON-FRI""#, "mon-fri"),
            ("day_of_week", #""0-4""#, "0-4"), ("minute", #""*/15""#, "*/15"), ("minute", #""*/05""#, "*/5"),
            ("day", #""2nd FRI""#, "2nd fri"), ("day", #""last""#, "last"), ("day", #""Last Sun""#, "last sun"),
            ("month", #""JAN-MAR,12""#, "jan-mar,12"), ("hour", #""09-17/02""#, "9-17/2"), ("hour", #""3-3""#, "3"),
            ("year", "2032", "2032"), ("week", #""*""#, "*"), ("second", #""00""#, "0"), ("minute", #""5/10""#, "5/10"),
        ])
    func cronFields(_ key: String, _ given: String, _ shown: String) async throws {
        let bench = try await RESTBench()
        let answer = try await bench.post(#", "trigger": "cron", "\#(key)": \#(given)"#)
        #expect(answer.status == 200 && answer[key] == .string(shown), "\(answer.text)")
        // What is shown can be sent again.
        let again = try await bench.patch(#"{"trigger": "cron", "\#(key)": "\#(shown)"}"#)
        #expect(again[key] == .string(shown))
        await bench.scheduler.shutdown()
    }

    @Test(
        "Null is the same as none for a zone, jitter and cron fields, and for nothing else of a trigger",
        arguments: [
            (#""trigger": "cron", "hour": 5, "minute": null, "timezone": null, "jitter": null"#, 200),
            (#""trigger": {"type": "cron", "hour": 5, "day": null}"#, 200),
            (#""trigger": "interval", "hours": 1, "timezone": null, "jitter": null"#, 200),
            (#""trigger": "cron", "hour": null"#, 422), (#""trigger": "interval", "hours": 1, "minutes": null"#, 422),
            (#""trigger": "interval", "hours": 1, "start_date": null"#, 422),
            (#""trigger": "date", "run_date": null"#, 422),
            (#""trigger": "cron", "hour": 1, "end_date": null"#, 422), (#""trigger": {"type": null}"#, 200),
            (#""trigger": {"run_date": "2031-01-01", "timezone": null}"#, 200),
        ])
    func nulls(_ body: String, _ status: Int) async throws {
        let bench = try await RESTBench()
        #expect(try await bench.post(", " + body).status == status)
        await bench.scheduler.shutdown()
    }

    @Test(
        "Other kinds of trigger, flat and as an object",
        arguments: [
            (
                #""type": "calendarinterval", "months": 1, "hour": 9, "start_date": "2031-01-15""#,
                "2031-01-15T09:00:00+00:00"
            ),
            (#""type": "crontab", "expression": "0 5 * * *", "timezone": "Asia/Tokyo""#, "2030-06-02T05:00:00+09:00"),
            (
                #""type": "or", "triggers": [{"type": "cron", "year": 2033}, {"type": "date", "run_date": "2032-01-01"}]"#,
                "2032-01-01T00:00:00+00:00"
            ),
            (
                #""type": "and", "triggers": [{"type": "cron", "hour": 5}, {"type": "cron", "day": 1, "hour": 5, "timezone": null}]"#,
                "2030-07-01T05:00:00+00:00"
            ),
        ])
    func otherKinds(_ form: String, _ next: String) async throws {
        let bench = try await RESTBench()
        let nested = try await bench.post(#", "trigger": {\#(form)}"#)
        #expect(nested["next_run_time"] == .string(next), "\(nested.text)")
        let name = try #require(form.split(separator: "\"").dropFirst(2).first)
        #expect(nested["trigger"] == .string(String(name)))
        let flat = form.replacing(#""type""#, with: #""trigger""#, maxReplacements: 1)
        let second = try await bench.post(#", "replace_existing": true, \#(flat)"#)
        #expect(second.json == nested.json)
        await bench.scheduler.shutdown()
    }

    @Test(
        "Triggers that are wrong are refused, and the key is named",
        arguments: [
            (#""trigger": "daily""#, "type"), (#""trigger": """#, "type"), (#""trigger": 5"#, "trigger"),
            (#""trigger": []"#, "trigger"), (#""trigger": {"colour": 1}"#, "colour"), (#""trigger": true"#, "trigger"),
            (#""trigger": {"type": "interval", "hours": 1}, "hours": 5"#, "hours"),
            (#""trigger": {"hours": 1}"#, "hours"),
            (#""trigger": {"type": "interval", "hours": 1, "colour": 1}"#, "colour"),
            (#""trigger": "interval""#, "interval"), (#""trigger": "interval", "hours": 0"#, "interval"),
            (#""trigger": "interval", "hours": -1"#, "hours"), (#""trigger": "interval", "hours": true"#, "hours"),
            (#""trigger": "interval", "hours": "1""#, "hours"), (#""trigger": "interval", "hours": 1.5"#, "hours"),
            (#""trigger": "interval", "seconds": 1e15"#, "seconds"), (#""trigger": "interval", "months": 1"#, "months"),
            (#""trigger": "interval", "hours": 1, "jitter": "30""#, "jitter"),
            (#""trigger": "interval", "hours": 1, "jitter": -1"#, "jitter"),
            (#""trigger": "interval", "hours": 1, "timezone": "Nowhere/City""#, "timezone"),
            (#""trigger": "interval", "hours": 1, "timezone": 2"#, "timezone"),
            (#""trigger": "cron""#, "cron"), (#""trigger": "cron", "hour": 24"#, "hour"),
            (#""trigger": "cron", "hour": 5.0"#, "hour"), (#""trigger": "cron", "hour": [5]"#, "hour"),
            (#""trigger": "cron", "minute": true"#, "minute"), (#""trigger": "cron", "month": 13"#, "month"),
            (#""trigger": "cron", "hour": """#, "hour"), (#""trigger": "cron", "hour": "9-5""#, "hour"),
            (#""trigger": "cron", "minute": "*/0""#, "minute"), (#""trigger": "cron", "hours": 5"#, "hours"),
            (#""trigger": "date", "run_date": "2031-05-01", "when": 1"#, "when"), (#""hours": 1"#, "hours"),
            (#""trigger": {"type": "or", "triggers": []}"#, "triggers"),
            (#""trigger": {"type": "and", "triggers": [{"type": "cron", "hour": 24}]}"#, "triggers[0].hour"),
            (
                #""trigger": {"type": "and", "triggers": [{"type": "date", "run_date": "soon"}]}"#,
                "triggers[0].run_date"
            ),
        ])
    func wrong(_ body: String, _ key: String) async throws {
        let bench = try await RESTBench()
        let answer = try await bench.post(", " + body)
        #expect(answer.status == 422 && answer.message?.contains(key) == true, "\(answer.text)")
        #expect(try await bench.send(.get, "/scheduler/jobs").json == .array([]))
        await bench.scheduler.shutdown()
    }

    @Test("A job that never fires is taken, and shown as one that does not run")
    func never() async throws {
        let bench = try await RESTBench()
        for body in [
            #", "trigger": "cron", "month": 2, "day": 30"#, #", "trigger": "cron", "year": 2020"#,
            #", "trigger": "interval", "hours": 1, "start_date": "2020-01-01", "end_date": "2021-01-01""#,
        ] {
            let answer = try await bench.post(body + #", "replace_existing": true"#)
            #expect(answer.status == 200 && answer["next_run_time"] == .null, "\(answer.text)")
            #expect(try await bench.job().json == answer.json)
        }
        await bench.scheduler.shutdown()
    }
}
#endif
