#if Command
import ArgumentParser
import CarillonTriggers

/// `carillon explain`: what a trigger means.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says in plain words when a trigger fires.",
        discussion: """
            Shows the trigger in words, its next fire times with weekday and offset, and what the next two clock \
            changes of each of its zones do to it: which fire times they move, merge, repeat or leave out.

            EXAMPLES
              carillon explain "*/15 9-17 * * mon-fri" --timezone Europe/Berlin
              carillon explain "30 2 * * *" -z America/New_York

            EXIT STATUS
              0   the trigger was explained
              64  the arguments cannot be used
              74  writing failed
            """
    )

    @Argument(help: TriggerText.help)
    var trigger: TriggerText

    @OptionGroup
    var view: ViewOptions

    @Option(name: .shortAndLong, parsing: .unconditional, help: "How many fire times to show, 0 to 1000.")
    var count = NextCommand.usualCount

    func validate() throws {
        _ = try trigger.validated(in: view.zone)
        guard (0...1000).contains(count) else {
            throw ValidationError("--count: '\(count)' is not a number from 0 to 1000")
        }
    }

    func run() throws {
        let trigger = try trigger.validated(in: view.zone)
        let explanation = Explanation(
            trigger: trigger,
            zone: trigger.ownZone ?? view.zone,
            start: view.start,
            count: count
        )
        do throws(POSIXFailure) {
            let width = Terminal.output.width
            let lines = explanation.text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
                let margin = line.prefix { $0 == " " }.count
                return String(line).wrapped(to: width, indent: margin + 4)
            }
            try OutputBuffer.print(lines.joined(separator: "\n"))
        } catch {
            throw CommandFailure(error).reported()
        }
    }
}
#endif
