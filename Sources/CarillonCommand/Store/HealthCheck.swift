#if Command
import Carillon
import CarillonConfiguration
import CarillonSQL
import CarillonSQLite
import CarillonTriggers

/// The checks of `carillon doctor`, one after the other; what cannot be looked at is told as wrong.
struct HealthCheck {
    let options: StoreOptions
    /// Whether the store is looked at.
    var looksAtStore = true

    /// - Throws: `CommandFailure` with `usage` where `--store` names memory, or no store at all.
    func findings() async throws(CommandFailure) -> [Finding] {
        var findings = zones()
        let configuration: Configuration
        do throws(CommandFailure) {
            configuration = try options.configuration()
            findings += served(configuration)
            findings += owners(configuration.files.map { file in ("configuration", { $0.problem(of: file) }) })
            findings += owners(ofVariableFiles: variableFiles(of: configuration))
            let notes = configuration.warnings + configuration.remarks
            findings += notes.map { Finding(.warning, "configuration", $0.description) }
        } catch {
            return findings + [Finding(.error, "configuration", error.description)]
        }
        guard looksAtStore else { return findings }
        let addresses = try options.addresses(configuration)
        let address = addresses[options.alias(among: addresses)] ?? .memory
        if options.store != nil { try address.refuseMemory() }
        guard !address.isInMemory else { return findings + [Finding(.warning, "store", address.memoryRefusal)] }
        let file = address.kind == .sqlite ? address.path.map { StoreFile(path: $0) } : nil
        // Before SQLite makes what is beside the file like it.
        let owners = file.map { file in self.owners([("store", { $0.problem(ofStore: file.path) })]) } ?? []
        do throws(CommandFailure) {
            let store = try await address.opened(for: .looking)
            findings.append(Finding(.ok, "store", "\(address) answers"))
            if address.kind == .sqlite {
                let last = SQLMigration.all.last?.name ?? ""
                findings.append(
                    Finding(.ok, "schema", "version \(SQLMigration.all.count), '\(last)', is what this program knows"))
            }
            // Of a file that holds no store there is nothing to advise.
            if let file {
                findings += file.permissions() + owners + file.room()
            }
            if let store = store as? SQLiteJobStore, let file, let damage = try await damage(of: store, file) {
                // What else it says cannot be relied on.
                return Self.withoutContradictions(findings + [damage])
            }
            if let store = store as? any SelfChecking { findings += await writing(to: store, file) }
            findings += try await CommandFailure.catching { () throws(CarillonError) in
                try await content(of: store, configuration)
                    + (try await executors(of: store, configuration))
                    + self.owners(
                        ofVariableFiles: try await variableFiles(in: store)
                            .subtracting(variableFiles(of: configuration)))
                    + (Self.isReadThrough(file) ? try await unreadableHistory(in: store) : [])
            }
        } catch {
            // The configuration may be checked where it is written, and served elsewhere.
            if error.status == .missingFile, options.namesConfigurationAlone {
                return findings + [Finding(.warning, "store", error.description)]
            }
            findings.append(Finding(.error, error.code == .storeTooNew ? "schema" : "store", error.description))
            // The disk may be what it fails by.
            let hasRoom = findings.contains { $0.subject == "room" }
            if error.status == .unavailable, !hasRoom, let file { findings += file.room() }
        }
        return Self.withoutContradictions(findings)
    }

    /// Leaves out what another finding contradicts: that something is well of which an error is told, that a damaged or
    /// full store can be written, and that permissions are right of which some are missing.
    private static func withoutContradictions(_ findings: [Finding]) -> [Finding] {
        let wrong = Set(findings.lazy.filter { $0.level == .error }.map(\.subject))
        var doubtful = wrong
        if !wrong.isDisjoint(with: ["store", "room"]) { doubtful.insert("writing") }
        if findings.contains(where: { $0.level == .warning && $0.subject == "permissions" }) {
            doubtful.insert("permissions")
        }
        return findings.filter { $0.level != .ok || !doubtful.contains($0.subject) }
    }

    /// A larger file is not looked through, which would take minutes.
    private static let mostBytes = 4 << 30

    private static func isReadThrough(_ file: StoreFile?) -> Bool { (file?.size ?? 0) <= mostBytes }

    /// What SQLite's own check of the file finds.
    private func damage(of store: SQLiteJobStore, _ file: StoreFile) async throws(CommandFailure) -> Finding? {
        guard file.size != nil, Self.isReadThrough(file) else { return nil }
        let progress = Progress("looking through the store")
        defer { progress.end() }
        progress.report(0)
        let lines = try await CommandFailure.catching { () throws(CarillonError) in try await store.damages() }
        guard let first = lines.first else { return nil }
        let more = lines.count > 1 ? ", and more" : ""
        return Finding(
            .error, "store",
            "\(file.path) is damaged (\(first)\(more)); restore a backup, or save what 'sqlite3 "
                + "\(StoreFile.quoted(file.path)) .recover' reads")
    }

    /// Whether 'carillon serve' would take the configuration, by the check that it makes itself. On which machines it is
    /// served says nothing about the configuration where it alone is looked at.
    private func served(_ configuration: Configuration) -> [Finding] {
        var findings: [Finding] = []
        do throws(CarillonError) { try configuration.checkHost() } catch {
            findings.append(Finding(looksAtStore ? .error : .warning, "configuration", error.description))
        }
        do throws(CommandFailure) {
            try ServedScheduler.checkJobs(configuration)
        } catch {
            findings.append(Finding(.error, "configuration", error.description))
        }
        guard findings.isEmpty else { return findings }
        let files = options.files
        let words = "\(EnglishText.list(files, "and")) \(files.count == 1 ? "is" : "are") right"
        return [Finding(.ok, "configuration", files.isEmpty ? "none is named, and none needed" : words)]
    }

    /// Files that others than root and this user could change. A server of root refuses them.
    private func owners(_ files: [(subject: String, problem: (OwnershipCheck) -> String?)]) -> [Finding] {
        var told: Set<String> = []
        return files.compactMap { subject, problem in
            guard let problem = problem(.own), told.insert(problem).inserted else { return nil }
            return Finding(
                .warning, "owner",
                "others could change the \(subject), and have their own commands run by its server: \(problem)")
        }
    }

    private func owners(ofVariableFiles files: Set<String>) -> [Finding] {
        owners(files.sorted().map { file in ("variables of jobs", { $0.problem(of: file) }) })
    }

    /// Whether the store can be written now: a program that has stopped in the middle may have it locked, and a
    /// permission may be missing.
    private func writing(to store: any SelfChecking, _ file: StoreFile?) async -> [Finding] {
        do throws(CarillonError) {
            try await store.tryWriting()
            return [Finding(.ok, "writing", "the store can be written")] + (file?.obstacles(canWrite: true) ?? [])
        } catch {
            let obstacles = error.code == .storeReadOnly ? file?.obstacles(canWrite: false) ?? [] : []
            // What is in the way says more than SQLite does.
            return obstacles.isEmpty ? [Finding(.error, "writing", error.description)] : obstacles
        }
    }

    private func content(
        of store: any JobStore, _ configuration: Configuration
    ) async throws(CarillonError) -> [Finding] {
        var findings: [Finding] = []
        let before = SystemClock().now
        let (time, nodes) = try await store.glance()
        let after = SystemClock().now
        // The store's clock is read somewhere between the two.
        let ahead = max(0, time.microseconds - after.microseconds, before.microseconds - time.microseconds)
        findings.append(
            ahead > 1_000_000
                ? Finding(.warning, "clock", "differs from the store's by \(ahead / 1_000_000) s; set both by NTP")
                : Finding(.ok, "clock", "agrees with the store's"))
        let alive = nodes.filter { $0.isAlive(at: time, lease: configuration.lease) }
        findings.append(
            alive.isEmpty
                ? Finding(.warning, "nodes", "no node shares the store: nobody runs its jobs")
                : Finding(
                    .ok, "nodes",
                    alive.count == 1 ? "1 node uses the store" : "\(alive.count) nodes share the store"))
        for node in nodes where node.isDead {
            var filter = RunFilter()
            filter.node = node.report.id
            let isLeft = try await !store.runs(filter, page: Page(limit: 1)).isEmpty
            findings.append(
                Finding(
                    .warning, "nodes",
                    "'\(node.report.id)' is dead: its process on this machine has ended"
                        + (isLeft ? ", and no other node has taken over its runs yet" : "")))
        }
        if let warning = try await TransferRecord.latest(in: store)?.warning {
            findings.append(Finding(.warning, "migration", "the store is not complete: \(warning)"))
        }
        findings += differentZones(alive)
        findings += try await waits(in: store, lease: configuration.lease, zone: configuration.zone)
        findings += try await times(in: store)
        return findings + (try await strangeJobs(in: store))
    }

    /// Ended runs and reasons that nothing lists, since they cannot be read.
    private func unreadableHistory(in store: any JobStore) async throws(CarillonError) -> [Finding] {
        guard let store = store as? any SelfChecking else { return [] }
        let counts = try await store.unreadableHistory()
        guard !counts.isEmpty else { return [] }
        let jobs = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        let names = jobs.prefix(Self.mostUnreadable).map { "'\($0.key)' (\($0.value))" }
        let further = jobs.count - names.count
        let words = UnreadableHistory.words(counts.values.reduce(0, +))
        return [
            Finding(
                .warning, "history",
                "\(words) of past runs and reasons cannot be read: of \(jobs.count == 1 ? "job" : "the jobs") "
                    + (further > 0
                        ? "\(names.joined(separator: ", ")) and \(further) more" : EnglishText.list(names, "and"))
                    + "\nthey are kept and listed by nothing; use a version that can read them, or restore a backup")
        ]
    }

    /// So many jobs that cannot be read are named.
    private static let mostUnreadable = 10

    /// Jobs that cannot be read, and those of configuration files that are gone.
    private func strangeJobs(in store: any JobStore) async throws(CarillonError) -> [Finding] {
        var findings: [Finding] = []
        var lost = LostOrigins(served: nil)
        var pages = JobPages()
        while let listed = try await pages.next(of: store) {
            for case .unreadable(let id, _, let reason) in listed {
                let advice = findings.count < Self.mostUnreadable ? await store.missingZoneAdvice(of: id) : nil
                let words = "'\(id)' cannot be read: \(reason)\(advice.map { "\n\($0)" } ?? "")"
                findings.append(Finding(.error, "jobs", words))
            }
            lost.look(at: listed)
        }
        let origins = lost.lines.map { Finding(.warning, "jobs", $0) }
        let further = findings.count - Self.mostUnreadable
        guard further > 0 else { return findings + origins }
        let rest = Finding(.error, "jobs", "and \(further) more cannot be read; 'carillon jobs list' shows them")
        return findings.prefix(Self.mostUnreadable) + [rest] + origins
    }
}
#endif
