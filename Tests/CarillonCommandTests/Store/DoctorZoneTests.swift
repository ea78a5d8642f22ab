#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("carillon doctor on time zone data", .fewAtOnce)
struct DoctorZoneTests {
    /// A folder with the zones that the check needs and a file that says which release it is.
    private func zones(_ release: String, written: Date) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["Europe/Berlin", "America/Vancouver"] {
            let path = "\(folder.path)/\(name)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "/usr/share/zoneinfo/\(name)", toPath: path)
        }
        let path = try folder.write("# version \(release)\n", to: "tzdata.zi")
        try FileManager.default.setAttributes([.modificationDate: written], ofItemAtPath: path)
        return folder
    }

    private func job(_ id: String, in zone: String) throws -> NewJob {
        let plain = try StoreFixture.job(id)
        var definition = plain.definition
        definition.trigger = try .crontab("0 12 * * *", in: try Zone(zone))
        return NewJob(id: plain.id, definition: definition, added: SystemClock().now)
    }

    private func findings(_ fixture: StoreFixture, _ zones: TemporaryFolder) async throws -> [[String: String]] {
        let run = try await fixture.carillon("doctor", "--json", variables: ["TZDIR": zones.path])
        let list = try JSONSerialization.jsonObject(with: Data(run.output.joined(separator: "\n").utf8))
        return try #require(list as? [[String: String]]).filter { $0["check"] == "zones" }
    }

    @Test("Data of more than a year ago is old, and jobs in zones that have changed since are named")
    func old() async throws {
        let fixture = try await StoreFixture([
            try job("west", in: "America/Vancouver"), try job("berlin", in: "Europe/Berlin"),
        ])
        let zones = try zones("2025b", written: Date(timeIntervalSince1970: 1_742_600_000))
        let found = try await findings(fixture, zones)
        #expect(found.allSatisfy { $0["result"] == "warning" }, "\(found)")
        #expect(found.count == 2, "\(found)")
        let text = try #require(found.first?["text"])
        #expect(text.contains("of release 2025b, which is more than a year old (2025-03-21)"), "\(found)")
        let jobs = found.last?["text"] ?? ""
        #expect(jobs.contains("'west' fires by old rules of America/Vancouver, since 2026-11-01"), "\(found)")
        #expect(!jobs.contains("berlin"), "\(found)")
    }

    @Test("New data is told with its release, and names no job")
    func new() async throws {
        let fixture = try await StoreFixture([try job("west", in: "America/Vancouver")])
        let found = try await findings(fixture, try zones("2099a", written: Date()))
        #expect(found.map { $0["result"] } == ["ok"], "\(found)")
        #expect(found.first?["text"]?.contains("of release 2099a") == true, "\(found)")
    }

    @Test("Nodes whose data differs are named, and the newest counts")
    func different() async throws {
        let fixture = try await StoreFixture()
        for (name, release) in [("one", "2099a"), ("two", "2098c")] {
            let process = ProcessIdentity.current
            _ = try await fixture.store.heartbeat(
                NodeReport(
                    id: try NodeID(name), host: "elsewhere", process: process, processStart: 1, tasks: [],
                    zones: release))
        }
        let found = try await findings(fixture, try zones("2099a", written: Date()))
        let warnings = found.filter { $0["result"] == "warning" }.compactMap { $0["text"] }
        #expect(warnings.count == 1, "\(found)")
        #expect(
            warnings.first?.hasPrefix("'two' has 2098c, and others have the time zone data of release 2099a") == true)
    }
}
#endif
