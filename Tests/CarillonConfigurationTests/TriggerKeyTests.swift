#if Configuration
import CarillonConfiguration
import CarillonTriggers
import Testing

@Suite("Keys of triggers in the wrong place")
struct TriggerKeyTests {
    @Test(
        "A key of a trigger says where it belongs",
        arguments: [
            (
                "trigger: {type: interval, minutes: 5}, seconds: 5",
                "2:59: jobs[0].seconds: belongs into 'trigger', below which the keys of this trigger stand"
            ),
            (
                "trigger: {type: interval}, seconds: 5",
                "2:47: jobs[0].seconds: belongs into 'trigger', below which the keys of this trigger stand"
            ),
            (
                "trigger: {type: cron, hour: 5}, timezone: UTC",
                "2:52: jobs[0].timezone: belongs into 'trigger', below which"
            ),
            (
                "trigger: {type: cron, hour: 5}, colour: red", "2:52: jobs[0]: 'colour' is not a key here; the keys are"
            ),
            (
                "trigger: cron, hour: 5, expression: '@daily'",
                "2:44: jobs[0]: 'expression' is not a key here; it belongs to triggers of the type 'crontab', and this "
                    + "one is of the type 'cron'"
            ),
            (
                "trigger: {type: cron, hour: 5, expression: '@daily'}",
                "2:51: jobs[0].trigger: 'expression' is not a key here; it belongs to triggers of the type 'crontab', and"
            ),
            (
                "trigger: or, triggers: [{type: interval, minutes: 5, months: 5}]",
                "2:73: jobs[0].triggers[0]: 'months' is not a key here; it belongs to triggers of the type 'calend"
            ),
            (
                "trigger: cron, hour: 5, seconds: 5",
                "2:44: jobs[0]: 'seconds' is not a key here; did you mean 'second'?"
            ),
        ])
    func stray(text: String, expected: String) {
        let problems = problemLines("jobs:\n- {id: a, func: t, \(text)}")
        #expect(problems.count == 1 && problems.first?.hasPrefix("f:\(expected)") == true, "\(problems)")
    }

    @Test("A key that several kinds of trigger have names them all")
    func severalKinds() throws {
        let types = Trigger.types(withKey: "hour").map { "'\($0)'" }
        #expect(types.contains("'calendarinterval'") && types.contains("'cron'"))
        let list = types.dropLast().joined(separator: ", ") + " and " + (types.last ?? "")
        #expect(
            problemLines("jobs:\n- {id: a, func: t, cron: '@daily', hour: 5}") == [
                "f:2:36: jobs[0]: 'hour' is not a key here; it belongs to triggers of the types \(list), and this one is of "
                    + "the type 'crontab' (job 'a')"
            ])
    }
}
#endif
