private import Synchronization

#if canImport(FoundationEssentials)
private import FoundationEssentials
#else
private import Foundation
#endif

/// The folder of zone files that the system keeps, read file by file when a zone is first asked for.
package final class ZoneDatabase: Sendable {
    /// The database that `TZDIR` names or, without it, the first of the usual folders that exists.
    package static let system = ZoneDatabase(
        folder: ProcessInfo.processInfo.environment["TZDIR"],
        localZone: ProcessInfo.processInfo.environment["TZ"]
    )

    private static let usualFolders = [
        "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
    ]

    /// A zone that has been asked for, with the file that its rules were read from, if any.
    struct Loaded {
        var zone: Zone
        var file: (path: String, stamp: FileStamp?)?
    }

    let folder: String?
    /// What `TZ` says; `nil` if it is not set.
    private let localZone: String?
    private let loaded = Mutex<[String: Loaded]>([:])
    private let names = Mutex<[String]?>(nil)
    /// Whose rules zones have that the database does not have.
    private let standIn = Mutex<Zone?>(nil)

    /// - Parameters:
    ///   - folder: Nothing or an empty name for the usual one.
    ///   - localZone: What `local` means, in the words of `TZ` (POSIX.1-2017, Base Definitions 8.3, and the names of
    ///     zones and files that C libraries understand besides); nothing for the zone of `/etc/localtime`.
    package init(folder: String?, localZone: String? = nil) {
        self.localZone = localZone
        if let folder, !folder.isEmpty {
            self.folder = folder
        } else {
            self.folder = Self.usualFolders.first { FileManager.default.fileExists(atPath: $0) }
        }
    }

    package func zone(named name: String) throws(TriggerError) -> Zone {
        if let zone = loaded.withLock({ $0[name]?.zone }) { return zone }
        let read: Read
        do throws(TriggerError) {
            read = name == "local" ? try localRules() : try rules(named: name)
        } catch {
            guard error.code == .unknownZone, Self.isWellFormed(name), let standIn = standIn.withLock(\.self) else {
                throw error
            }
            return Zone(identifier: name, rules: standIn.rules)
        }
        let zone = Zone(identifier: name, rules: read.rules)
        return loaded.withLock { loaded in
            // Of two that read it at once, the first one's rules are those that later files replace.
            if let zone = loaded[name]?.zone { return zone }
            loaded[name] = Loaded(zone: zone, file: read.file)
            return zone
        }
    }

    /// Lets zones that the database does not have be read from now on, with the rules of another: so a trigger can be read
    /// whose zone is gone, and given another. It keeps its name.
    package func readMissingZones(by zone: Zone?) { standIn.withLock { $0 = zone } }

    /// Whether the database has a zone of that name.
    package func has(_ name: String) -> Bool {
        if name == "local" || name == Zone.utc.identifier { return true }
        return (try? rules(named: name)) != nil
    }

    /// Reads anew the files of zones that have been asked for, where there is another file by now. A file that cannot be
    /// read changes nothing: it may be about to be written.
    ///
    /// - Returns: The zones that have other rules than before; triggers follow them by `Trigger.current`.
    @discardableResult
    package func refresh() -> [String] {
        var changed: [String] = []
        for (name, known) in loaded.withLock(\.self) {
            guard let file = known.file, let stamp = FileStamp(of: file.path), stamp != file.stamp,
                let read = try? Self.rules(inFile: file.path, named: name)
            else { continue }
            let old: ZoneRules? = loaded.withLock { loaded in
                loaded[name]?.file = read.file
                guard let zone = loaded[name]?.zone, !zone.rules.isSame(as: read.rules) else { return nil }
                loaded[name]?.zone = Zone(identifier: name, rules: read.rules)
                return zone.rules
            }
            guard let old else { continue }
            old.replace(by: read.rules)
            changed.append(name)
        }
        if !changed.isEmpty { names.withLock { $0 = nil } }
        return changed.sorted()
    }

    /// Rules, and where they were read from.
    private typealias Read = (rules: ZoneRules, file: (path: String, stamp: FileStamp?)?)

    private func rules(named name: String) throws(TriggerError) -> Read {
        guard let folder, FileManager.default.fileExists(atPath: folder) else {
            throw TriggerError(
                .missingZoneDatabase,
                value: name,
                "cannot be looked up: \(folder.map { "\($0) does not exist" } ?? "this machine has no time zone database"); install the package 'tzdata', or set TZDIR"
            )
        }
        guard Self.isWellFormed(name), let rules = try Self.rules(inFile: "\(folder)/\(name)", named: name) else {
            throw unknown(name)
        }
        return rules
    }

    /// The rules of the zone that the machine is set to.
    private func localRules() throws(TriggerError) -> Read {
        guard let localZone else {
            if let rules = try Self.rules(inFile: "/etc/localtime", named: "local") { return rules }
            throw TriggerError(
                .unknownZone, value: "local", "cannot be told: there is no /etc/localtime; set TZ, or name a zone")
        }
        // The C library takes an empty TZ for UTC.
        if localZone.isEmpty { return (Zone.utc.rules, nil) }
        let name = localZone.hasPrefix(":") ? String(localZone.dropFirst()) : localZone
        let file = name.hasPrefix("/") ? name : Self.isWellFormed(name) ? folder.map { "\($0)/\(name)" } : nil
        if let file, let rules = try Self.rules(inFile: file, named: name) { return rules }
        switch POSIXTimeZone(name.utf8) {
        case .fixed(let offset): return (ZoneRules(fixedOffset: offset), nil)
        case .recurring(let rule):
            return (ZoneRules(initialOffset: rule.standardOffset, transitions: [], rule: rule), nil)
        case nil: break
        }
        if name == "UTC" { return (Zone.utc.rules, nil) }
        throw TriggerError(
            .unknownZone,
            value: localZone,
            "is what TZ says, and neither a zone of the database nor a rule such as 'CET-1CEST,M3.5.0,M10.5.0/3'"
        )
    }

    /// The rules in a file; `nil` if it does not exist or is no zone file.
    private static func rules(inFile path: String, named name: String) throws(TriggerError) -> Read? {
        // Looked at before it is read: what comes between is another file.
        let stamp = FileStamp(of: path)
        guard let bytes = try contents(of: path) else { return nil }
        do {
            return (try TZifFile.rules(in: bytes), (path, stamp))
        } catch {
            // Tables of names lie beside the zone files.
            if !bytes.starts(with: TZifFile.magic) { return nil }
            throw TriggerError(error.code, value: name, error.reason)
        }
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

    /// Which package has zones of such a name, where it may be one.
    private func package(for name: String) -> String {
        guard name.contains("/") || name == name.uppercased() else { return "" }
        return "; zones are in the package 'tzdata', older names on Debian and Ubuntu in 'tzdata-legacy'"
    }

    private static func isZoneFile(_ path: String) -> Bool {
        guard let bytes = try? contents(of: path) else { return false }
        return bytes.starts(with: TZifFile.magic)
    }

    /// The bytes of a file; `nil` if it does not exist or is a folder.
    static func contents(of path: String) throws(TriggerError) -> [UInt8]? {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder else { return nil }
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw TriggerError(.unreadableZone, value: path, "cannot be read: \(error)")
        }
    }

    private func unknown(_ name: String) -> TriggerError {
        if name.isEmpty {
            return TriggerError(.unknownZone, "a zone needs a name, such as 'Europe/Berlin'")
        }
        // What stands for UTC in dates is no zone.
        let likeliest = name.lowercased() == "z" ? "UTC" : nearest(to: name, among: zoneNames())
        let hint = likeliest.map { "; did you mean '\($0)'?" } ?? ""
        return TriggerError(
            .unknownZone,
            value: name,
            "is not in the time zone database (names are as in 'Europe/Berlin')\(hint)\(package(for: name))"
        )
    }
}
