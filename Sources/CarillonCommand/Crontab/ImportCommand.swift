#if Command
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
            Nothing is imported where a line is wrong: each is told with line and column. A file that is imported again \
            changes the jobs that it made before: those of lines with other times, or with another environment above \
            them. Lines that are the same are unchanged, new ones are added, and jobs of lines that are gone stay, unless \
            --remove-gone is given. What a crontab does not say stays as it was edited: policies, tags, pauses. The id of \
            a new job has the names of its programs and a hash of the file and of all of the entry but its times. All \
            have the tag crontab.

            Environment lines go to the commands below them, SHELL chooses their shell and HOME where they begin. CRON_TZ \
            sets the zone of the times below it. % ends a command, and what follows is its input. A line with @reboot is left out, with a warning.

            EXAMPLES
              carillon import crontab /etc/crontab --dry-run
              carillon import crontab /etc/crontab
              crontab -l -u ada | carillon import crontab - --name ada
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

    @Option(
        help: ArgumentHelp(
            "What the crontab is called: the jobs of one name are changed by the next import of that name.",
            discussion: "Without it: the file's absolute path.",
            valueName: "name"))
    var name: String?

    @Option(
        help: "What becomes of jobs that an earlier import of this crontab has made: \(Choice.list(of: IfTaken.self)).",
        completion: Choice.completion(IfTaken.self), transform: Choice.read
    )
    var ifExists = IfTaken.replace

    @Flag(help: "Remove the jobs of lines that are not in the crontab any more.")
    var removeGone = false

    @Flag(help: "With --remove-gone: a crontab without any line that says when to run something removes all its jobs.")
    var allowEmpty = false

    @Flag(help: "Only tell what would be done.")
    var dryRun = false

    private static let sizeLimit = 16 << 20

    func validate() throws {
        if name == "" { throw ValidationError("--name: is empty") }
        if allowEmpty, !removeGone { throw ValidationError("--allow-empty: goes with --remove-gone alone") }
        if file == "-", name == nil, removeGone {
            throw ValidationError(
                "--remove-gone: give --name as well; all that comes on standard input without a name counts as one "
                    + "crontab, and jobs of another one would be removed")
        }
    }

    /// The text of a crontab: another command than the one that is written there must not run.
    private static func text(_ bytes: [UInt8], of input: InputFile) throws(CommandFailure) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let number = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        let line = lines.indices.contains(number) ? String(decoding: lines[number], as: UTF8.self) : ""
        let column = line.firstIndex(of: "\u{FFFD}").map { line.distance(from: line.startIndex, to: $0) + 1 } ?? 1
        throw CommandFailure(
            .badInput,
            "\(input.name):\(number + 1):\(column): this is not UTF-8 text; write the file anew in that encoding"
                .printable)
    }

    func execute() async throws(CommandFailure) {
        let input = InputFile(path: file)
        let text = try Self.text(try input.bytes(limit: Self.sizeLimit), of: input)
        let crontab = CrontabFile(text, isSystem: isSystem, zone: try zone())
        if !crontab.problems.isEmpty {
            throw CommandFailure(
                .badInput,
                crontab.problems.prefix(100).map { "\(input.name):\($0.line):\($0.column): \($0.message)".printable }
                    .joined(separator: "\n"))
        }
        let opened = try await store.opened(for: dryRun ? .planning : .changing, withJobDefaults: true)
        let jobs = CrontabJobs(prefix: prefix, origin: origin, policies: opened.jobDefaults)
        let entries = jobs.entries(crontab.lines)
        for entry in entries {
            do throws(CommandFailure) {
                try TaskArguments.check(entry.definition)
            } catch {
                throw CommandFailure(.badInput, "\(input.name):\(entry.line.number):1: \(error)")
            }
        }
        let warnings = CrontabWarnings(crontab, mayHaveUsers: system == nil && !isSystem, now: SystemClock().now)
        let remarks = (crontab.skipped + crontab.remarks + warnings.list).sorted { $0.line < $1.line }
        CommandFailure.warn(remarks.map { "\(input.name):\($0.line): \($0.text)" })
        let origin = origin
        let found = try await CommandFailure.catching { () throws(CarillonError) in
            try await CrontabMatches(entries, origin: origin, in: opened.store)
        }
        if entries.isEmpty, removeGone, !allowEmpty, !found.gone.isEmpty {
            throw CommandFailure(.refused, Self.refusal(ofEmpty: input.name, found.gone.count))
        }
        let bringing = ManyJobs(store: opened.store, ifTaken: ifExists, action: "importing lines")
        var account = try await bringing.bring(
            found.matches.map { JobExport.Entry(id: $0.id, definition: $0.definition) }, dryRun: dryRun)
        let isRemoving = removeGone
        if isRemoving, !dryRun, !found.gone.isEmpty {
            let ids = found.gone.map(\.id)
            _ = try await CommandFailure.catching { () throws(CarillonError) in
                try await opened.store.remove(ids, at: SystemClock().now)
            }
        }
        account.results += found.gone.map { ($0.id, isRemoving ? .removed : .gone) }
        if form.json {
            return try CommandFailure.say(report(found, account, remarks).description)
        }
        if account.results.isEmpty {
            return try CommandFailure.tell(
                "The crontab has no line that says when to run something: nothing "
                    + (dryRun ? "would be imported" : "was imported"))
        }
        try show(found, account)
        try account.say(form, dryRun: dryRun, kinds: Self.kinds)
        if !isRemoving, !found.gone.isEmpty { try remark(found.gone) }
    }

    private static let kinds = ManyJobs.Account.kinds + [.gone, .removed]

    /// All that was done, or would be, as JSON: ids by result, each line, and what there is to say of lines.
    private func report(
        _ found: CrontabMatches, _ account: ManyJobs.Account, _ remarks: [(line: Int, text: String)]
    ) -> JSONValue {
        var form = account.form(dryRun: dryRun, kinds: Self.kinds)
        form.add(
            "lines",
            .array(
                zip(found.matches, account.results).map { match, account in
                    var line = JSONForm()
                    line.add("line", match.entry.line.number)
                    line.add("result", account.result.rawValue)
                    line.add("id", account.id.description)
                    line.add("schedule", match.entry.line.schedule)
                    line.add("timezone", match.entry.line.zone)
                    line.add("trigger", match.entry.line.trigger.description)
                    line.add("user", match.entry.line.user)
                    line.add("command", match.entry.line.command)
                    line.add("change", match.change.isEmpty ? nil : match.change)
                    return line.value
                }))
        form.add(
            "warnings",
            .array(
                remarks.map { remark in
                    var form = JSONForm()
                    form.add("line", remark.line)
                    form.add("warning", remark.text)
                    return form.value
                }))
        return form.value
    }

    /// What the jobs of the crontab are known by.
    private var origin: String {
        guard name == nil, file != "-" else { return "crontab:\(name ?? "-")" }
        let folder = FileManager.default.currentDirectoryPath
        return "crontab:" + URL(filePath: file.hasPrefix("/") ? file : "\(folder)/\(file)").standardized.path
    }

    /// A crontab that has become empty is a mistake more often than a wish: `crontab -l` of another user, a variable
    /// without a value, a disk that was full.
    private static func refusal(ofEmpty name: String, _ gone: Int) -> String {
        "\(name): has no line that says when to run something, and --remove-gone would remove "
            + (gone == 1 ? "the 1 job" : "all \(gone) jobs")
            + " of this crontab; nothing was removed: give --allow-empty as well where that is meant"
    }

    /// Tells of jobs whose lines are gone, and how many of them go on running.
    private func remark(_ gone: [Job]) throws(CommandFailure) {
        let now = SystemClock().now
        let running = gone.count { $0.state == .active && SilentTrigger($0.definition.trigger, now: now) == nil }
        let jobs = gone.count == 1 ? "1 job is of a line that is gone" : "\(gone.count) jobs are of lines that are gone"
        let rest =
            switch running {
            case 0: ""
            case gone.count: " and would still run"
            default: ", and \(running) of them would still run"
            }
        try CommandFailure.tell("\(jobs)\(rest): --remove-gone removes what is gone")
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

    /// A row for each line of which there is something to say.
    private func show(_ found: CrontabMatches, _ account: ManyJobs.Account) throws(CommandFailure) {
        var table = Table([
            Table.Column("LINE"), Table.Column("RESULT"), Table.Column("ID", shortest: 16, isName: true),
            Table.Column("TRIGGER", rank: 2, shortest: 16), Table.Column("CHANGE", rank: 3, shortest: 16),
            Table.Column("USER", rank: 0), Table.Column("COMMAND", rank: 1, shortest: 16),
        ])
        for (match, (id, result)) in zip(found.matches, account.results) where dryRun || result != .unchanged {
            let line = match.entry.line
            let change = result == .replaced ? match.change : ""
            table.append([
                Table.Cell("\(line.number)"), Table.Cell(result.rawValue), Table.Cell(id.description),
                Table.Cell(line.trigger.description), Table.Cell(change), Table.Cell(line.user ?? ""),
                Table.Cell(line.command),
            ])
        }
        for (job, (id, result)) in zip(found.gone, account.results.dropFirst(found.matches.count)) {
            table.append([
                Table.Cell(""), Table.Cell(result.rawValue, .yellow), Table.Cell(id.description),
                Table.Cell(job.definition.trigger.description), Table.Cell(""), Table.Cell(""), Table.Cell(""),
            ])
        }
        guard !table.isEmpty else { return }
        try CommandFailure.say(table.lines(for: .output).joined(separator: "\n"))
    }
}
#endif
