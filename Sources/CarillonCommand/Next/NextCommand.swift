#if Command
import ArgumentParser
import CarillonTriggers
import Foundation

/// `carillon next`: when a trigger fires.
struct NextCommand: ParsableCommand {
    /// How many fire times are shown where nobody says.
    static let usualCount = 5

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
              carillon next "*/15 9-17 * * mon-fri" -z Europe/Berlin --count 10
              carillon next "30 2 * * *" -z America/New_York --from 2027-03-13
              carillon next '{"type": "calendarinterval", "months": 1}'

            MANY REQUESTS

            With --jsonl, one request is read from each line of standard input, and one answer is written a line, in \
            the same order. Broken lines are answered with an error. A request and its answer (the request stands in \
            one line):

              {"id": "a", "trigger": {"type": "crontab", "expression": "0 9 * * *"},
               "timezone": "Europe/Berlin", "after": "2025-03-29T00:00:00+01:00",
               "count": 1}
              {"id": "a", "fire_times": ["2025-03-29T09:00:00+01:00"]}

            and the answer to a broken one:

              {"id": "a", "error": "trigger.expression.minute: '61' is not in 0...59"}

            EXIT STATUS
              0   fire times were listed, or the trigger has none
              64  the arguments cannot be used
              74  reading or writing failed
            """
    )

    @Argument(help: TriggerText.help)
    var trigger: TriggerText?

    @OptionGroup
    var view: ViewOptions

    @Option(
        name: .shortAndLong,
        parsing: .unconditional,
        help: "How many fire times to list, 0 to \(FireTimeRequest.maximumCount). Without it: \(usualCount)."
    )
    var count: Int?

    @Flag(help: "Write one JSON object.")
    var json = false

    @Flag(help: "Read requests line by line from standard input and answer each.")
    var jsonl = false

    func validate() throws {
        if jsonl, trigger != nil || json {
            throw ValidationError("--jsonl reads triggers from standard input: leave out the trigger and --json")
        }
        let given = [("--timezone", view.timezone != nil), ("--from", view.from != nil), ("--count", count != nil)]
        if jsonl, let option = given.first(where: \.1)?.0 {
            throw ValidationError("--jsonl takes zone, time and count from each request: leave out \(option)")
        }
        if !jsonl, trigger == nil { throw ValidationError("give a trigger, such as \"0 9 * * mon-fri\", or --jsonl") }
        _ = try trigger?.validated(in: view.zone)
        if let count, !(0...FireTimeRequest.maximumCount).contains(count) {
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
        guard let trigger = try trigger?.validated(in: view.zone) else { return }
        let count = count ?? Self.usualCount
        do throws(POSIXFailure) {
            var list = FireTimeList(trigger: trigger, view: view, output: OutputBuffer(descriptor: 1))
            if json { try list.writeJSON(count: count) } else { try list.writeLines(count: count) }
        } catch {
            throw CommandFailure(error).reported()
        }
    }
}
#endif
