#if Command
import Carillon
import Foundation
import Testing

/// Commands act on what was named, and on nothing that is only nearly called so.
@Suite("What commands are given by name", .fewAtOnce)
struct NamedThingsTests {
    @Test("The environment names the store and the configuration, as for the server; flags come first")
    func environment() async throws {
        let one = try await StoreFixture([try StoreFixture.job("a")])
        let other = try await StoreFixture([try StoreFixture.job("b")])
        let store = ["CARILLON_STORE": "sqlite:///\(other.folder)/jobs.sqlite"]
        #expect(try await one.carillon(["jobs", "list"], variables: store).text.contains("\nb "))
        let own = "sqlite:///\(one.folder)/jobs.sqlite"
        #expect(try await one.carillon(["jobs", "list", "--store", own], variables: store).text.contains("\na "))
        let file = "\(one.folder)/c.yaml"
        try Data("jobstores: {other: '\(store["CARILLON_STORE"] ?? "")'}\n".utf8).write(to: URL(filePath: file))
        let variables = ["CARILLON_CONFIG": file]
        let listed = try await one.carillon(["jobs", "list", "--store", "other"], variables: variables)
        #expect(listed.text.contains("\nb "), "\(listed)")
        let wrong = try await one.carillon(["jobs", "list"], variables: ["CARILLON_STORE": "papyrus://x"])
        #expect(wrong.status == 64 && wrong.error.contains("$CARILLON_STORE: "), "\(wrong)")
    }

    @Test("An export does not replace its store, by whatever name, nor a pipe or a link", arguments: ["", "-wal"])
    func export(suffix: String) async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let link = "\(fixture.folder)/link"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "\(fixture.folder)/jobs.sqlite\(suffix)")
        for name in ["\(fixture.folder)/jobs.sqlite\(suffix)", link] {
            let refused = try await fixture.carillon("jobs", "export", name)
            #expect(refused.status == 64 && refused.error.contains("is the job store itself"), "\(refused)")
        }
        #expect(try await fixture.carillon("jobs", "list").status == 0)
        let plain = try await fixture.carillon("jobs", "export").text
        #expect(try await fixture.carillon("jobs", "export", "/dev/stdout").text == plain)
        let target = "\(fixture.folder)/target.json"
        try Data().write(to: URL(filePath: target))
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(try await fixture.carillon("jobs", "export", link, "--overwrite").status == 0)
        #expect(try String(contentsOfFile: target, encoding: .utf8).contains(#""id":"a""#))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
    }

    @Test("Bytes that are no text are not taken for another command")
    func noText() async throws {
        let fixture = try await StoreFixture()
        let path = "\(fixture.folder)/crontab"
        try Data(Array("# first\n5 4 * * * rm M".utf8) + [0xFC] + Array("ller\n".utf8)).write(to: URL(filePath: path))
        let refused = try await fixture.carillon("import", "crontab", path)
        #expect(refused.status == 65 && refused.error.contains("crontab:2:15: this is not UTF-8 text"), "\(refused)")
        let run = try await CommandRun.carillon(
            ["jobs", "add", "a", "--every", "1h", "--"], variables: ["STATE_DIRECTORY": fixture.folder],
            launcher: ["/bin/sh", "-c", #"exec "$@" "$(printf 'rm M\374ller')""#, "sh"])
        #expect(run.status == 64 && run.error.contains("argument 7 is not UTF-8 text"), "\(run)")
        #expect(try await fixture.store.jobs(JobFilter(), page: Page()).isEmpty)
    }
}
#endif
