private import Synchronization

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// The folder of zone files that the system keeps, read file by file when a zone is first asked for.
package final class ZoneDatabase: Sendable {
    /// The database that `TZDIR` names or, without it, the first of the usual folders that exists.
    package static let system = ZoneDatabase(folder: ProcessInfo.processInfo.environment["TZDIR"])

    private static let usualFolders = [
        "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
    ]

    private let folder: String?
    private let loaded = Mutex<[String: Zone]>([:])
    private let names = Mutex<[String]?>(nil)

    package init(folder: String?) {
        if let folder, !folder.isEmpty {
            self.folder = folder
        } else {
            self.folder = Self.usualFolders.first { FileManager.default.fileExists(atPath: $0) }
        }
    }

    package func zone(named name: String) throws(TriggerError) -> Zone {
        if let zone = loaded.withLock({ $0[name] }) { return zone }
        let path: String
        if name == "local" {
            path = "/etc/localtime"
        } else {
            guard let folder, FileManager.default.fileExists(atPath: folder) else {
                throw TriggerError(
                    .missingZoneDatabase,
                    value: name,
                    "cannot be looked up: \(folder.map { "\($0) does not exist" } ?? "this machine has no time zone database"); install the package 'tzdata', or set TZDIR"
                )
            }
            guard Self.isWellFormed(name) else { throw unknown(name) }
            path = "\(folder)/\(name)"
        }
        guard let bytes = try Self.contents(of: path) else { throw unknown(name) }
        let rules: ZoneRules
        do {
            rules = try TZifFile.rules(in: bytes)
        } catch {
            // Tables of names lie beside the zone files.
            if !bytes.starts(with: TZifFile.magic) { throw unknown(name) }
            throw TriggerError(error.code, value: name, error.reason)
        }
        let zone = Zone(identifier: name, rules: rules)
        loaded.withLock { $0[name] = zone }
        return zone
    }

    /// All names of the database in order, read from its folders once.
    package func zoneNames() -> [String] {
        names.withLock { names in
            if let names { return names }
            guard let folder else { return [] }
            let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
            let found = paths.filter { Self.isWellFormed($0) && !$0.hasPrefix("posix/") && !$0.hasPrefix("right/") }
                .filter { Self.isZoneFile("\(folder)/\($0)") }
                .sorted()
            names = found
            return found
        }
    }

    /// Whether a name can stand below the folder and nowhere else: letters, digits, `_`, `-`, `+` and `.` in parts
    /// that are neither empty nor begin with a dot.
    static func isWellFormed(_ name: String) -> Bool {
        guard name.utf8.count <= 255 else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".")
                && part.utf8.allSatisfy {
                    switch $0 {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                        UInt8(ascii: "+"), UInt8(ascii: "."):
                        true
                    default: false
                    }
                }
        }
    }

    private static func isZoneFile(_ path: String) -> Bool {
        guard let bytes = try? contents(of: path) else { return false }
        return bytes.starts(with: TZifFile.magic)
    }

    /// The bytes of a file; nothing where it does not exist or is a folder.
    private static func contents(of path: String) throws(TriggerError) -> [UInt8]? {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder else { return nil }
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw TriggerError(.unreadableZone, value: path, "cannot be read: \(error)")
        }
    }

    private func unknown(_ name: String) -> TriggerError {
        let hint = nearest(to: name, among: zoneNames()).map { "; did you mean '\($0)'?" } ?? ""
        return TriggerError(
            .unknownZone,
            value: name,
            "is not in the time zone database (names are as in 'Europe/Berlin')\(hint)"
        )
    }
}
