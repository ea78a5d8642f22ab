#if Command
import Carillon
import CarillonTriggers
import Foundation
import Testing

@Suite("Arguments of the commands that are wrong, or are no files", .fewAtOnce)
struct PlainWordsTests {
    @Test(
        "A misspelt option is named as such, whatever else follows from it",
        arguments: [
            (["serve", "--confg", "x.yaml"], "there is no option '--confg' here; did you mean '--config'?"),
            (["jobs", "add", "x", "--crn", "* * * * *"], "there is no option '--crn' here; did you mean '--cron'?"),
            (["next", "--cont", "3"], "there is no option '--cont' here; did you mean '--count'?"),
            (["jobs", "list", "--nothing"], "'carillon help jobs list' lists those there are"),
        ])
    func misspelt(arguments: [String], words: String) async throws {
        let run = try await CommandRun.carillon(arguments)
        #expect(run.status == 64 && run.error.contains(words), "\(run)")
    }

    /// A named pipe, which nobody writes to.
    private func pipe(in folder: TemporaryFolder) throws -> String {
        let path = "\(folder.path)/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        return path
    }

    @Test("A pipe is neither a backup nor a store, and is not waited for", .timeLimit(.minutes(10)))
    func pipes() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let folder = try TemporaryFolder()
        let path = try pipe(in: folder)
        let backup = try await fixture.carillon("backup", path)
        #expect(backup.status == 1 && backup.error.contains("needs a file of its own"), "\(backup)")
        for command in [["serve"], ["jobs", "list"]] {
            let run = try await CommandRun.carillon(command + ["--store", "sqlite:///\(path)"])
            #expect(run.status == 66 && run.error.contains("is no plain file, and no job store"), "\(run)")
        }
    }

    @Test("A configuration may come through a pipe, and one that nobody writes to is told of", .timeLimit(.minutes(10)))
    func configurationPipe() async throws {
        let folder = try TemporaryFolder()
        let path = try pipe(in: folder)
        let unwritten = try await CommandRun.carillon(["doctor", "--no-store", "--config", path])
        #expect(unwritten.status == 1 && unwritten.text.contains("it is a pipe that nobody writes to"), "\(unwritten)")
        let launcher = ["/bin/bash", "-c", #""$0" "$@" --config <(sleep 0.2; echo 'jobs: [{id: a, command: x}]')"#]
        let written = try await CommandRun.carillon(["doctor", "--no-store"], launcher: launcher)
        #expect(written.status == 0 && written.text.contains("ok       configuration: "), "\(written)")
    }

    @Test("An export replaces no file unless told to")
    func export() async throws {
        let fixture = try await StoreFixture([try StoreFixture.job("a")])
        let folder = try TemporaryFolder()
        let file = try folder.write("a letter", to: "export.json")
        let refused = try await fixture.carillon("jobs", "export", file)
        #expect(refused.status == 1 && refused.error.contains("--overwrite replaces it"), "\(refused)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "a letter")
        #expect(try await fixture.carillon("jobs", "export", file, "--overwrite").status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\"a\""))
    }

    @Test("next and explain take the zone from the environment, as the other commands do")
    func zone() async throws {
        for command in ["next", "explain"] {
            let arguments = [command, "0 9 * * *", "--from", "2026-07-01"]
            let named = try await CommandRun.carillon(arguments, variables: ["CARILLON_TIMEZONE": "Asia/Tokyo"])
            #expect(named.text.contains("2026-07-01 09:00:00 +09:00"), "\(named)")
            let flag = try await CommandRun.carillon(
                arguments + ["-z", "UTC"], variables: ["CARILLON_TIMEZONE": "Asia/Tokyo"])
            #expect(flag.text.contains("2026-07-01 09:00:00 +00:00"), "\(flag)")
            let wrong = try await CommandRun.carillon(arguments, variables: ["CARILLON_TIMEZONE": "Mars/Base"])
            #expect(wrong.status == 64 && wrong.error.contains("$CARILLON_TIMEZONE: 'Mars/Base' is not"), "\(wrong)")
        }
    }

    @Test(
        "Text that is right for another program says what says it here",
        arguments: [
            ("0 0 * * mon Europe/Zurich", "--timezone Europe/Zurich"),
            ("CRON_TZ=Asia/Tokyo 0 0 * * *", "--timezone Asia/Tokyo"), ("TZ=UTC 0 0 * * *", "--timezone UTC"),
            ("@every 1h", "--every on the command line"), ("0 0 12 ? * MON", "looks like an expression of Quartz"),
            ("0 0 12 * * 2 2027", "its weekdays begin at Sunday = 1"),
            ("0 12 ? * *", "looks like an expression of Quartz"),
        ])
    func foreign(text: String, words: String) async throws {
        let fixture = try await StoreFixture()
        let adding = try await fixture.carillon("jobs", "add", "a", "--cron", text, "--", "true")
        #expect(adding.status == 65 && adding.error.contains(words), "\(adding)")
        let next = try await CommandRun.carillon(["next", text])
        #expect(next.status == 64 && next.error.contains(words), "\(next)")
    }

    @Test("A step that is longer than its field is noted where a job is added, edited and imported")
    func longStep() async throws {
        let fixture = try await StoreFixture()
        let words = "'*/90' in the field minute selects 0 alone"
        let adding = try await fixture.carillon("jobs", "add", "a", "--cron", "*/90 * * * *", "--", "true")
        #expect(adding.status == 0 && adding.error.contains(words), "\(adding)")
        let editing = try await fixture.carillon("jobs", "edit", "a", "--cron", "*/90 1 * * *")
        #expect(editing.status == 0 && editing.error.contains(words), "\(editing)")
        let export = try await fixture.carillon("jobs", "export")
        let importing = try await StoreFixture().carillon("jobs", "import", "-", input: export.text)
        #expect(importing.status == 0 && importing.error.contains(words), "\(importing)")
    }
}
#endif
