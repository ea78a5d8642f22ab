import ArgumentParser
import CarillonTriggers
import Foundation

/// `carillon next`: when a trigger fires.
struct NextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Lists the next fire times of a trigger.",
        usage: """
            carillon next <trigger> [--timezone <zone>] [--count <number>] [--from <time>] [--json]
            carillon next --jsonl
            """,
        discussion: """
            Nothing is run: the times are worked out. Where a clock change moves, merges or repeats a fire time, its \
            line says so.

            EXAMPLES
              carillon next "*/15 9-17 * * mon-fri" --timezone Europe/Berlin --count 10
              carillon next "30 2 * * *" -z America/New_York --from 2027-03-13
              carillon next '{"type": "calendarinterval", "months": 1, "start_date": "2027-01-31"}'

            MANY REQUESTS
              With --jsonl, one request is read from each line of standard input, and one answer is written a line, in \
            the same order. Broken lines are answered with an error.
              request   {"id": "a", "trigger": {"type": "crontab", "expression": "0 9 * * *"},
                         "timezone": "Europe/Berlin", "after": "2025-03-29T00:00:00+01:00", "count": 2}
              answer    {"id": "a", "fire_times": ["2025-03-29T09:00:00+01:00", "2025-03-30T09:00:00+02:00"]}
              error     {"id": "a", "error": "trigger.expression.minute: '61' is not in 0...59"}

            EXIT STATUS
              0 where fire times were listed, or the trigger has none; 64 where the arguments cannot be used; 74 where \
            reading or writing failed.
            """
    )

    @Argument(help: TriggerText.help)
    var trigger: TriggerText?

    @OptionGroup
    var view: ViewOptions

    @Option(
        name: .shortAndLong,
        parsing: .unconditional,
        help: "How many fire times to list, 0 to \(FireTimeRequest.maximumCount)."
    )
    var count = 5

    @Flag(help: "Write one JSON object.")
    var json = false

    @Flag(help: "Read requests line by line from standard input and answer each.")
    var jsonl = false

    func validate() throws {
        if jsonl, trigger != nil || json {
            throw ValidationError("--jsonl reads triggers from standard input: leave out the trigger and --json")
        }
        if !jsonl, trigger == nil { throw ValidationError("give a trigger, such as \"0 9 * * mon-fri\", or --jsonl") }
        _ = try trigger?.validated(in: view.timezone)
        guard (0...FireTimeRequest.maximumCount).contains(count) else {
            throw ValidationError("--count: '\(count)' is not a number from 0 to \(FireTimeRequest.maximumCount)")
        }
    }

    func run() throws {
        do throws(POSIXFailure) {
            if jsonl {
                var stream = FireTimeStream(output: OutputBuffer(descriptor: 1))
                var input = LineReader(descriptor: 0)
                try stream.answer(&input)
                return
            }
        } catch {
            throw CommandFailure(error).reported()
        }
        guard let trigger = try trigger?.validated(in: view.timezone) else { return }
        do throws(POSIXFailure) {
            var list = FireTimeList(trigger: trigger, view: view, output: OutputBuffer(descriptor: 1))
            if json { try list.writeJSON(count: count) } else { try list.writeLines(count: count) }
        } catch {
            throw CommandFailure(error).reported()
        }
    }
}
