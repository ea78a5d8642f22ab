import Carillon
import CarillonConfiguration
import CarillonSQLite
import Foundation

/// The job stores of a server.
struct ServedStores {
    /// By alias.
    private(set) var stores: [String: any JobStore] = [:]
    /// Where they are, without passwords, by alias.
    private(set) var addresses: [(alias: String, address: String)] = []

    /// The name of the default store's file in the state directory. The server of before 0.2 had its tables in
    /// `carillon.sqlite3`.
    static let fileName = "carillon.sqlite"

    /// Opens the stores of a configuration, with the server's own as `default` where it has none.
    ///
    /// - Parameter own: Where the server's own store is, if not in the configuration.
    static func open(_ configuration: Configuration, own: OwnStore) async throws(CommandFailure) -> ServedStores {
        var addresses = configuration.jobStores.mapValues(\.address)
        if let address = try own.address(configuration) { addresses["default"] = address }
        var opened = ServedStores()
        for (alias, address) in addresses.sorted(by: { $0.key < $1.key }) {
            do throws(CarillonError) {
                opened.stores[alias] = try await open(address)
            } catch {
                throw CommandFailure(error, "the job store '\(alias)': ")
            }
            opened.addresses.append((alias, "\(address)"))
        }
        return opened
    }

    private static func open(_ address: StoreAddress) async throws(CarillonError) -> any JobStore {
        switch address.kind {
        case .memory: return MemoryJobStore()
        case .sqlite:
            guard let path = address.path, path != ":memory:" else { return MemoryJobStore() }
            try refuseOldDatabase(path)
            return try await SQLiteJobStore(path: path)
        case .postgresql, .mysql, .redis, .mongodb, .zookeeper: throw address.notBuiltIn
        }
    }

    /// The server of before 0.2 marked its files as "Carl" in the header that all SQLite files have (68 bytes in).
    private static func refuseOldDatabase(_ path: String) throws(CarillonError) {
        guard let file = FileHandle(forReadingAtPath: path), let header = try? file.read(upToCount: 72),
            header.count == 72, header.starts(with: Array("SQLite format 3\0".utf8)),
            header.suffix(4).elementsEqual(Array("Carl".utf8))
        else { return }
        throw CarillonError(
            .unsupported,
            "\(path) is a database of carillon serve before 0.2, whose jobs and runs are not read any more; name another "
                + "file with --store or --state"
        )
    }

    func close() async {
        for store in stores.values {
            if let store = store as? SQLiteJobStore { await store.close() }
        }
    }
}

/// Where the server's own store is: the one with the alias `default` where the configuration has none.
struct OwnStore {
    /// `--store` or `$CARILLON_STORE`.
    let store: StoreAddress?
    /// `--state`.
    let state: String?
    /// The files of the configuration; what they say of the state is seen from the folder of the first one.
    let files: [String]
    let environment: [String: String]

    /// Its address, in a folder that is made where there is none; nothing where the configuration has it.
    func address(_ configuration: Configuration) throws(CommandFailure) -> StoreAddress? {
        if let store { return store }
        if state == nil, configuration.jobStores["default"] != nil { return nil }
        let path = path(configuration)
        let folder = URL(filePath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let reason = (error as NSError).localizedFailureReason ?? "\(error)"
            throw CommandFailure(.inputOrOutput, "the folder \(folder) cannot be made: \(reason)")
        }
        var address = StoreAddress.memory
        address.kind = .sqlite
        address.path = path
        return address
    }

    private func path(_ configuration: Configuration) -> String {
        let folderOfFile = files.first.flatMap { file in file.lastIndex(of: "/").map { String(file[...$0]) } } ?? ""
        let path =
            state
            ?? configuration.stateDirectory.map { $0.hasPrefix("/") ? $0 : folderOfFile + $0 }
            // systemd puts colons between several.
            ?? variable("STATE_DIRECTORY").map { String($0.prefix { $0 != ":" }) }
            ?? variable("XDG_STATE_HOME").map { "\($0)/carillon" }
            ?? "\(URL.homeDirectory.path)/.local/state/carillon"
        let isFile = [".sqlite", ".sqlite3", ".db"].contains { path.hasSuffix($0) }
        let file = isFile ? path : "\(path)/\(ServedStores.fileName)"
        return file.hasPrefix("/") ? file : "\(FileManager.default.currentDirectoryPath)/\(file)"
    }

    private func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension CommandFailure {
    /// Why the library refused something or failed.
    ///
    /// - Parameter place: What it was about, with a colon.
    init(_ error: CarillonError, _ place: String = "") {
        let status: Status =
            switch error.code {
            case .storeUnavailable: .busy
            case .storeReadOnly, .storeFull, .storeCorrupt, .storeTooNew, .storeFailed: .inputOrOutput
            case .jobExists, .jobChanged, .wrongState: .conflict
            default: .badConfiguration
            }
        self.init(status, "\(place)\(error)")
    }
}
