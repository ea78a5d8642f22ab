#if Command
import Carillon
import CarillonConfiguration
import Foundation

/// The job stores of a server.
struct ServedStores {
    /// By alias.
    private(set) var stores: [String: any JobStore] = [:]
    /// Where they are, without passwords, by alias.
    private(set) var addresses: [(alias: String, address: String)] = []
    /// What whoever wrote the addresses may not have meant.
    private(set) var remarks: [String] = []

    /// Opens stores by alias.
    ///
    /// - Parameter allowsUnsafeOwner: Whether a server of root takes stores that others could change.
    /// - Throws: `CommandFailure` with `unavailable` where a store does not answer, or cannot be opened by this program.
    static func open(
        _ addresses: [String: StoreAddress], allowsUnsafeOwner: Bool
    ) async throws(CommandFailure) -> ServedStores {
        for (_, address) in addresses.sorted(by: { $0.key < $1.key }) where address.kind == .sqlite {
            guard !address.isInMemory, let path = address.path else { continue }
            if !allowsUnsafeOwner, let refusal = OwnershipCheck.refusal(path, { $0.problem(ofStore: path) }) {
                throw CommandFailure(.unavailable, refusal)
            }
            try StoreAddress.refuseOtherThanFile(path)
            try refuseOldDatabase(path)
            try StateDirectory.createFolder(of: path)
        }
        var opened = ServedStores()
        do throws(CarillonError) {
            opened.stores = try await BuiltIn.parts.openStores(addresses.mapValues { StoreSetting($0) })
        } catch {
            throw CommandFailure(error)
        }
        for (alias, address) in addresses.sorted(by: { $0.key < $1.key }) {
            opened.addresses.append((alias, "\(address)"))
            if let remark = address.remark(alias: alias) { opened.remarks.append(remark) }
            if let store = opened.stores[alias], let warning = await Self.warning(of: store) {
                opened.remarks.append("the job store '\(alias)' (\(address)) is not complete: \(warning)")
            }
        }
        return opened
    }

    /// What a migration says that has not ended. A store that does not answer will say so itself.
    private static func warning(of store: any JobStore) async -> String? {
        (try? await TransferRecord.latest(in: store))?.warning
    }

    /// Servers with tables of their own marked their files as "Carl" in the header that all SQLite files have (68 bytes
    /// in).
    private static func refuseOldDatabase(_ path: String) throws(CommandFailure) {
        guard let file = FileHandle(forReadingAtPath: path), let header = try? file.read(upToCount: 72),
            header.count == 72, header.starts(with: Array("SQLite format 3\0".utf8)),
            header.suffix(4).elementsEqual(Array("Carl".utf8))
        else { return }
        throw CommandFailure(
            .unavailable,
            "\(path) is a database of a first version of 'carillon serve', whose jobs and runs are not read any more; "
                + "name another file"
        )
    }

    func close() async {
        for store in stores.values { await store.close() }
    }
}
#endif
