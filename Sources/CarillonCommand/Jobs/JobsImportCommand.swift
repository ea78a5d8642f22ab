#if Command
import ArgumentParser
import Carillon
import CarillonTriggers

/// `carillon jobs import`.
struct JobsImportCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Brings exported jobs into a store.",
        discussion: """
            Reads what 'carillon jobs export' has written. All jobs come into the one store that --store names, whatever \
            store they were exported from. Nothing is imported where anything in the file is wrong or, unless --if-exists \
            says otherwise, where an id is taken.
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Option(
        help: "What becomes of jobs that have the ids already: \(Choice.list(of: IfTaken.self)).",
        completion: Choice.completion(IfTaken.self),
        transform: Choice.read
    )
    var ifExists = IfTaken.fail

    @Flag(help: "Only tell what would be done.")
    var dryRun = false

    func execute() async throws(CommandFailure) {
        let input = InputFile(path: file)
        let bytes = try input.bytes(limit: JobExport.byteLimit)
        let export: JobExport
        do throws(CarillonError) {
            export = try JobExport(json: bytes)
        } catch {
            throw CommandFailure(.badInput, "\(input.name): \(error)")
        }
        for entry in export.jobs {
            do throws(CommandFailure) {
                try TaskArguments.check(entry.definition)
            } catch {
                throw CommandFailure(.badInput, "\(input.name): job '\(entry.id)': \(error)")
            }
        }
        let opened = try await store.opened(for: dryRun ? .planning : .changing)
        let bringing = ManyJobs(store: opened.store, ifTaken: ifExists, action: "importing jobs")
        let account = try await bringing.bring(export.jobs, dryRun: dryRun)
        let jobs = export.jobs.map { ($0.id, $0.definition) }
        await KnownTasks.warn(of: jobs, in: opened)
        opened.warnOfExecutors(of: jobs)
        CommandFailure.warn(TriggerRemarks.lines(jobs))
        try account.say(form, dryRun: dryRun)
    }
}
#endif
