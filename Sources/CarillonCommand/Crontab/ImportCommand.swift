import ArgumentParser
import Carillon
import CarillonTriggers
import Foundation

/// `carillon import`: jobs from other schedulers.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes jobs of what other schedulers have.",
        discussion: "'carillon jobs import' brings jobs that Carillon itself has exported.",
        subcommands: [ImportCrontabCommand.self]
    )
}

/// `carillon import crontab`.
struct ImportCrontabCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "crontab",
        abstract: "Makes a shell job of each line of a crontab.",
        discussion: """
            Nothing is imported where a line is wrong: each is told with line and column. The id of a job is the name of \
            its program and a number made of user and command, so that to import a file again changes the same jobs, also \
            where a line got other times; jobs of lines that are gone stay. All have the tag crontab.

            Environment lines go to the commands below them, SHELL chooses their shell and HOME where they begin. CRON_TZ \
            sets the zone of the times below it. % ends a command, and what follows is its input. @reboot is refused.

            EXAMPLES
              crontab -l | carillon import crontab - --dry-run
              carillon import crontab /etc/crontab
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The crontab; - is standard input.")
    var file: String

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Whether a user stands before each command. Without it: so in /etc/crontab and below /etc/cron.d."))
    var system: Bool?

    @Option(
        name: [.long, .customShort("z")],
        help: "The zone of times before any CRON_TZ. Without it: 'local', this machine's, as with cron.",
        transform: ViewOptions.zone
    )
    var timezone: Zone?

    @Option(help: "What every id begins with.")
    var prefix = "crontab-"

    @Option(help: "What becomes of jobs that have the ids already.")
    var ifExists = IfTaken.replace

    @Flag(help: "Only tell what would be done.")
    var dryRun = false

    private static let sizeLimit = 16 << 20

    func execute() async throws(CommandFailure) {
        let input = InputFile(path: file)
        let text = String(decoding: try input.bytes(limit: Self.sizeLimit), as: UTF8.self)
        let crontab = CrontabFile(text, isSystem: isSystem, zone: try zone())
        if !crontab.problems.isEmpty {
            throw CommandFailure(
                .badInput,
                crontab.problems.prefix(100).map { "\(input.name):\($0.line):\($0.column): \($0.message)".printable }
                    .joined(separator: "\n"))
        }
        let opened = try await store.opened(for: dryRun ? .looking : .changing)
        let jobs = CrontabJobs(prefix: prefix, policies: opened.jobDefaults)
        let entries = try jobs.entries(crontab.lines)
        for (line, entry) in zip(crontab.lines, entries) {
            do throws(CommandFailure) {
                try TaskArguments.check(entry.definition)
            } catch {
                throw CommandFailure(.badInput, "\(input.name):\(line.number):1: \(error)")
            }
        }
        var remarks = OutputBuffer(descriptor: 2)
        for remark in crontab.remarks { remarks.append("\(input.name):\(remark.line): \(remark.text)\n") }
        // Remarks are of no weight for what follows.
        try? remarks.flush()
        let bringing = ManyJobs(store: opened.store, ifTaken: ifExists, action: "importing lines")
        let account = try await bringing.bring(entries, dryRun: dryRun)
        if dryRun, !form.json { try show(crontab.lines, account) }
        try account.say(form, dryRun: dryRun)
    }

    private var isSystem: Bool { system ?? (file == "/etc/crontab" || file.hasPrefix("/etc/cron.d/")) }

    private func zone() throws(CommandFailure) -> Zone {
        if let timezone { return timezone }
        do throws(TriggerError) {
            return try Zone("local")
        } catch {
            throw CommandFailure(.badInput, "--timezone: \(error)")
        }
    }

    private func show(_ lines: [CrontabLine], _ account: ManyJobs.Account) throws(CommandFailure) {
        guard !lines.isEmpty else { return }
        var table = Table([
            Table.Column("LINE"), Table.Column("RESULT"), Table.Column("ID"), Table.Column("TRIGGER", shortest: 16),
            Table.Column("USER", rank: 0), Table.Column("COMMAND", shortest: 16),
        ])
        for (line, (id, result)) in zip(lines, account.results) {
            table.append([
                Table.Cell("\(line.number)"), Table.Cell(result.rawValue), Table.Cell(id.description),
                Table.Cell(line.trigger.description), Table.Cell(line.user ?? ""), Table.Cell(line.command),
            ])
        }
        try CommandFailure.say(table.lines(for: .output).joined(separator: "\n"))
    }
}
