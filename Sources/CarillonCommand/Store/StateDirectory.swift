#if Command
import Foundation

/// Where the server keeps what it needs from one start to the next, when nobody names another place.
struct StateDirectory {
    /// The SQLite file of the jobs and runs. `carillon.sqlite3` was that of servers with tables of their own.
    static let storeFile = "jobs.sqlite"

    /// The folder, absolute or seen from the current one.
    let path: String

    /// - Parameters:
    ///   - setting: What the configuration says, seen from the folder of its file.
    ///   - configurationFile: That file, where there is one.
    ///   - environment: Without a setting: `STATE_DIRECTORY`, the first where systemd names several, then
    ///     `XDG_STATE_HOME`, then `.local/state` in the home folder.
    init(setting: String?, configurationFile: String?, environment: [String: String]) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let setting {
            let folder = configurationFile.flatMap { file in file.lastIndex(of: "/").map { String(file[...$0]) } } ?? ""
            path = setting.hasPrefix("/") ? setting : folder + setting
        } else {
            path =
                variable("STATE_DIRECTORY").map { String($0.prefix { $0 != ":" }) }
                ?? variable("XDG_STATE_HOME").map { "\($0)/carillon" }
                ?? "\(variable("HOME") ?? URL.homeDirectory.path)/.local/state/carillon"
        }
    }

    /// The file of the store that is used where no other is configured.
    var storePath: String { "\(path)/\(Self.storeFile)" }

    /// Makes the folder of a file, for its owner alone, where there is none.
    ///
    /// - Throws: `CommandFailure` with what is in the way.
    static func createFolder(of file: String) throws(CommandFailure) {
        let store = StoreFile(path: file)
        do {
            try FileManager.default.createDirectory(
                atPath: store.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let reason =
                store.obstacleToMaking ?? (error as NSError).localizedFailureReason ?? error.localizedDescription
            throw CommandFailure(.unavailable, "the folder \(store.folder) cannot be made: \(reason)")
        }
    }
}
#endif
