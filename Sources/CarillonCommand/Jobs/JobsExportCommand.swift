#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation

/// `carillon jobs export`.
struct JobsExportCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the jobs of a store as JSON.",
        discussion: """
            One job a line, for 'carillon jobs import' and for reading. Runs and history are not exported; 'carillon \
            backup' copies all. A job that cannot be read is left out, with a line on standard error and exit status 1.
            """
    )

    @OptionGroup var store: StoreOptions

    @Option(
        help: "Only jobs in this state: \(Choice.list(of: JobFilter.State.self)).",
        completion: Choice.completion(JobFilter.State.self), transform: Choice.read
    )
    var state: JobFilter.State?

    @Option(help: "Only jobs with this tag.")
    var tag: String?

    @Argument(help: "The file to write; without it, or for -, standard output.")
    var file: String?

    @Flag(help: "Replace the file where it is there.")
    var overwrite = false

    func execute() async throws(CommandFailure) {
        let opened = try await store.opened(for: .looking)
        try refuseStore(opened.address)
        try refuseTaken()
        var filter = JobFilter()
        filter.state = state
        filter.tag = tag
        var export = JobExport(jobs: [])
        var unreadable: [CommandFailure] = []
        let progress = Progress("exporting jobs")
        var pages = JobPages(filter)
        while true {
            let next: [JobListing]?
            do throws(CarillonError) {
                next = try await pages.next(of: opened.store)
            } catch {
                throw CommandFailure(error)
            }
            guard let listings = next else { break }
            for listing in listings {
                switch listing {
                case .job(let job): export.jobs.append(JobExport.Entry(job, store: opened.alias))
                case .unreadable(let id, _, let reason):
                    unreadable.append(CommandFailure(.refused, "job '\(id)' is left out: \(reason)"))
                }
            }
            progress.report(export.jobs.count)
        }
        progress.end()
        let bytes: [UInt8]
        do throws(CarillonError) {
            bytes = try export.json()
        } catch {
            throw CommandFailure(error)
        }
        try write(bytes)
        if !unreadable.isEmpty { throw CommandFailure(unreadable) }
    }

    /// A file that is there is somebody's, most likely an earlier export.
    private func refuseTaken() throws(CommandFailure) {
        var status = stat()
        guard !overwrite, let file, file != "-", stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return
        }
        throw CommandFailure(.refused, "'\(file.printable)' is there already; --overwrite replaces it")
    }

    /// The file of the store itself is not replaced, by whatever name.
    private func refuseStore(_ address: StoreAddress) throws(CommandFailure) {
        guard let file, file != "-", let target = FileIdentity(path: file) else { return }
        guard address.kind == .sqlite, let path = address.path,
            ["", "-wal", "-shm"].contains(where: { FileIdentity(path: path + $0) == target })
        else { return }
        throw CommandFailure(.usage, "'\(file.printable)' is the job store itself; give the export a file of its own")
    }

    /// A file is there whole or not at all, and readable for its owner alone: arguments may hold passwords.
    private func write(_ bytes: [UInt8]) throws(CommandFailure) {
        guard let file, file != "-" else {
            var output = OutputBuffer(descriptor: 1)
            output.append(bytes)
            do throws(POSIXFailure) {
                try output.flush()
            } catch {
                throw CommandFailure(error)
            }
            return
        }
        var status = stat()
        if stat(file, &status) == 0, status.st_mode & S_IFMT != S_IFREG { return try write(bytes, into: file) }
        // A link stays, and leads to what is new.
        let whole = URL(filePath: file).resolvingSymlinksInPath().path
        let part = "\(whole).part-\(getpid())"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure(POSIXFailure.last(file)) }
        defer { close(descriptor) }
        var output = OutputBuffer(descriptor: descriptor)
        output.append(bytes)
        do throws(POSIXFailure) {
            try output.flush()
            guard fsync(descriptor) == 0, rename(part, whole) == 0 else { throw POSIXFailure.last(file) }
        } catch {
            unlink(part)
            throw CommandFailure(error)
        }
    }

    /// Writes into what is no file: a pipe, a terminal, a device.
    private func write(_ bytes: [UInt8], into device: String) throws(CommandFailure) {
        let descriptor = open(device, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure(POSIXFailure.last(device)) }
        defer { close(descriptor) }
        var output = OutputBuffer(descriptor: descriptor)
        output.append(bytes)
        do throws(POSIXFailure) {
            try output.flush()
        } catch {
            throw CommandFailure(error)
        }
    }
}
#endif
