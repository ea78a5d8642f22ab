#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation
import Synchronization

/// `carillon migrate`.
struct MigrateCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Moves jobs and history from one job store to another.",
        discussion: """
            Jobs with their state, open runs, history, reasons and the audit log are brought to a store that is empty, or \
            not there yet, and compared with those of the source, which is only read. Nobody may serve either store \
            meanwhile.

            A migration that was interrupted, by Ctrl-C or anything else, goes on where it stopped when the same command \
            is given again. One that has ended changes nothing when it is. What the target cannot hold is counted and \
            named, and so is what cannot be read; then the exit status is 1. Otherwise it is that of 'carillon jobs'.

            EXAMPLE
              carillon migrate --from sqlite:////var/lib/carillon/jobs.sqlite --to postgresql://carillon@db/carillon
            """
    )

    @OptionGroup var files: ConfigurationOptions

    @Option(
        help: ArgumentHelp(
            "The store to read: an address such as sqlite:///jobs.sqlite, or an alias in the configuration.",
            valueName: "address"))
    var from: String

    @Option(help: ArgumentHelp("The store to bring everything to, likewise.", valueName: "address"))
    var to: String

    @Flag(help: "Only tell what would be moved.")
    var dryRun = false

    @OptionGroup var form: FormOptions

    func validate() throws {
        for (option, value) in [("--from", from), ("--to", to)] where value.isEmpty {
            throw ValidationError("\(option): is empty")
        }
    }

    func execute() async throws(CommandFailure) {
        let sides = [NamedStore(text: from, origin: "--from"), NamedStore(text: to, origin: "--to")]
        let configuration = try files.configuration(
            .stores(aliases: Set(sides.compactMap(\.alias)), withJobDefaults: false))
        let known = files.addresses(configuration)
        let source = try sides[0].address(among: known)
        let target = try sides[1].address(among: known)
        for address in [source, target] { try address.refuseMemory() }
        guard !source.isSame(as: target) else {
            throw CommandFailure(.usage, "--from and --to are one store, \(source); name another one to bring it to")
        }
        let opened = try await source.opened(for: .looking)
        let made = try await target.opened(for: dryRun ? .planning : .making)
        do throws(CommandFailure) {
            let transfer = try await CommandFailure.catching { () throws(CarillonError) in
                try StoreTransfer(
                    from: opened, named: source.placeName, to: made, named: target.placeName,
                    lease: configuration.lease)
            }
            let form = MigrationForm(
                source: source, target: target, isJSON: form.json, zone: configuration.zone)
            if dryRun {
                let plan = try await CommandFailure.catching { () throws(CarillonError) in try await transfer.plan() }
                try form.say(plan)
            } else {
                try await Self.move(transfer, form)
            }
        } catch {
            await Self.close(opened, made)
            throw error
        }
        await Self.close(opened, made)
    }

    private static func close(_ stores: any JobStore...) async {
        for store in stores { await store.close() }
    }

    /// Moves everything, until that is done or a signal asks to stop.
    private static func move(_ transfer: StoreTransfer, _ form: MigrationForm) async throws(CommandFailure) {
        let display = MigrationDisplay()
        let begin = ContinuousClock.now
        let work = Task { () async -> Result<TransferReport, CarillonError> in
            do throws(CarillonError) {
                return .success(try await transfer.run { display.show($0) })
            } catch {
                return .failure(error)
            }
        }
        let heard = Mutex(Int32(0))
        let signals = try SignalStream.of([SIGINT, SIGTERM, SIGHUP])
        let listener = Task {
            for await number in signals {
                // Who asks twice does not want to wait for the page.
                if heard.withLock({ $0 != 0 }) { end(by: number) }
                heard.withLock { $0 = number }
                work.cancel()
            }
        }
        let result = await work.value
        listener.cancel()
        display.end()
        let report: TransferReport
        switch result {
        case .success(let found): report = found
        case .failure(let error): throw CommandFailure(error)
        }
        try form.say(report, took: .now - begin)
        if report.end == .interrupted { end(by: heard.withLock { $0 }) }
        if report.left.count > 0 {
            throw CommandFailure(.refused, MigrationForm.refusal(of: report.left))
        }
    }

    /// Ends the process by a signal, as it would have ended it.
    private static func end(by number: Int32) -> Never {
        signal(number, SIG_DFL)
        // Threads of the system's pools have signals blocked.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_UNBLOCK, &all, nil)
        raise(number)
        exit(withError: ExitCode(128 + number))
    }
}

extension StoreAddress {
    /// Whether both name one file or one place on a server, as far as addresses tell.
    func isSame(as other: StoreAddress) -> Bool {
        guard kind == .sqlite, other.kind == .sqlite, let path, let otherPath = other.path else {
            return placeName == other.placeName
        }
        if let file = FileIdentity(path: path), file == FileIdentity(path: otherPath) { return true }
        return placeName == other.placeName
    }

    /// What tells the store from others, and stays when a file is called by another path, and a server by another user or
    /// with other settings.
    var placeName: String {
        var place = self
        if kind == .sqlite, let path {
            place.path = URL(filePath: path).resolvingSymlinksInPath().path
        }
        place.user = nil
        place.password = nil
        place.parameters.removeAll { !Self.placeParameters.contains($0.name) }
        return "\(place)"
    }

    private static let placeParameters: Set = ["schema", "prefix", "tablename"]
}
#endif
