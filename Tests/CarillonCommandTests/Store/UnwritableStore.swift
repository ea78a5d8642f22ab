#if Command
import Carillon
import CarillonSQLite
import Foundation

/// A store whose file and folder the command cannot write. Permissions do not bind root, so the command is started
/// without the capabilities by which that is so.
final class UnwritableStore: Sendable {
    /// What the store was when permissions were taken away.
    enum State {
        /// Closed: there is one file.
        case closed
        /// In use, with a log whose last changes are not in the file.
        case used
        /// Left by a program that was killed: there is a log and nothing to find something in it by.
        case killed
    }

    static let setpriv = "/usr/bin/setpriv"
    /// What starts the command so that permissions bind it; nothing where they do so anyway.
    static let launcher = geteuid() == 0 ? [setpriv, "--bounding-set=-dac_override,-dac_read_search,-fowner"] : []
    /// Whether there is a way to take permissions away from the command.
    static let isPossible = geteuid() != 0 || FileManager.default.isExecutableFile(atPath: setpriv)

    let folder: String
    let run: Run
    private let store: SQLiteJobStore

    /// A store with the job `a`, a run of it, and then the job `b`.
    init(_ state: State) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        run = try await fixture.run("a", .succeeded, log: "hello")
        guard let store = fixture.store as? SQLiteJobStore else { throw StoreFixture.NothingTaken() }
        self.store = store
        _ = try await store.insert([try StoreFixture.job("b")])
        if state == .closed { await store.close() }
        folder = FileManager.default.temporaryDirectory.path + "/carillon-tests-" + UUID().uuidString
        if state == .killed {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in ["jobs.sqlite", "jobs.sqlite-wal"] {
                try FileManager.default.copyItem(atPath: "\(fixture.folder)/\(name)", toPath: "\(folder)/\(name)")
            }
        } else {
            // The files are the same ones, which the store goes on using.
            try FileManager.default.moveItem(atPath: fixture.folder, toPath: folder)
        }
        try setPermissions(file: 0o400, folder: 0o500)
    }

    deinit {
        try? setPermissions(file: 0o600, folder: 0o700)
        try? FileManager.default.removeItem(atPath: folder)
    }

    func setPermissions(file: Int, folder mode: Int) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: folder) {
            try files.setAttributes([.posixPermissions: file], ofItemAtPath: "\(folder)/\(name)")
        }
        try files.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
    }

    /// Takes the permission to write from some of what there is, and gives it to the rest.
    func forbidWriting(_ names: Set<String>) throws {
        try setPermissions(file: 0o600, folder: 0o700)
        for name in names where name != "." {
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: "\(folder)/\(name)")
        }
        if names.contains(".") {
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
        }
    }

    /// Runs the command as somebody whom permissions bind.
    func carillon(_ arguments: [String]) async throws -> CommandRun {
        try await CommandRun.carillon(arguments, variables: ["STATE_DIRECTORY": folder], launcher: Self.launcher)
    }
}
#endif
