#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation

/// `carillon backup`.
struct BackupCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies a job store to a file while it is used.",
        discussion: """
            The copy has jobs, runs and history as they stand at one moment, and can be served from. An earlier copy of \
            that name is replaced once the new one is complete; any other file is left alone. The exit status is that of \
            'carillon jobs'.

            To restore it, stop all servers, remove the old file with its -wal and -shm, and put the copy in its place.

            A store on a database server is copied by the server's own tools: pg_dump, mariadb-dump \
            --single-transaction, or redis-cli --rdb.

            EXAMPLE
              carillon backup /backup/jobs-$(date +%F).sqlite
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Argument(help: "The file to write.", completion: .file())
    var file: String

    private static let signature = Array("SQLite format 3\u{0}".utf8)

    func execute() async throws(CommandFailure) {
        guard !file.isEmpty else { throw CommandFailure(.usage, "the name of the file is empty") }
        var target = stat()
        // What has no end cannot be copied to, nor looked into without waiting for whoever writes it.
        if stat(file, &target) == 0, target.st_mode & S_IFMT != S_IFREG {
            let kind = target.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a pipe or a device"
            throw CommandFailure(.refused, "\(file): is \(kind), and a copy needs a file of its own; name another")
        }
        if let handle = FileHandle(forReadingAtPath: file) {
            let start = try? handle.read(upToCount: Self.signature.count)
            guard start.map({ $0.isEmpty || Array($0) == Self.signature }) ?? false else {
                throw CommandFailure(.refused, "\(file): is no database, and is left alone; name another file")
            }
        }
        var status = stat()
        let folder = StoreFile(path: file).folder
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw CommandFailure(.missingFile, "\(file): there is no folder \(folder); make it, or name another file")
        }
        let opened = try await store.opened(for: .looking)
        guard let store = opened.store as? any BackingUp else {
            let tool = opened.address.kind.copyingTool.map { "'\($0)'" } ?? "the tools of its database"
            throw CommandFailure(
                .refused, "the store \(opened.address) is no file, so this cannot copy it; use \(tool)")
        }
        let progress = Progress("copying the store")
        progress.report(0)
        let copy = file
        do throws(CommandFailure) {
            try await CommandFailure.catching { () throws(CarillonError) in try await store.backup(to: copy) }
        } catch {
            progress.end()
            throw error
        }
        progress.end()
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        var result = JSONForm()
        result.add("file", file)
        result.add("bytes", size)
        if form.json { return try CommandFailure.say(result.value.description) }
        try CommandFailure.tell("Copied \(opened.address) to \(file), \(size) bytes".printable)
    }
}

extension StoreAddress.Kind {
    /// What copies a database of a server while it is used.
    fileprivate var copyingTool: String? {
        switch self {
        case .postgresql: "pg_dump"
        case .mysql: "mariadb-dump --single-transaction"
        case .redis: "redis-cli --rdb"
        case .memory, .sqlite, .mongodb, .zookeeper: nil
        }
    }
}
#endif
