#if Command
import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation
import Testing

@Suite("Secrets of a server", .fewAtOnce)
struct ServedSecretTests {
    private static let configuration = #"""
        log: {level: trace}
        jobs:
        - id: shown
          command: echo "got ${SECRET}"; env; echo end-of-run
          environment: {GIVEN: "${SECRET}", DB_PASSWORD_FILE: /run/secrets/x, SHELL_VARIABLE: "$${HOME}"}
        - id: later
          command: "true"
          cron: "0 0 1 1 *"
          environment: {GIVEN: "${OTHER_SECRET}"}
        - id: missing
          command: ["true", "${NOT_SET}"]
          on_failure: {url: "${HOOK}", headers: {Authorization_file: token}}
        """#

    @Test(
        "A variable is in no output, and no command inherits it or the server's settings",
        arguments: ["async", "processpool"])
    func nowhere(_ executor: String) async throws {
        let seen = try await ServedProcess.onThread {
            let folder = try TemporaryFolder()
            let file = try folder.write("executors: {default: \(executor)}\n" + Self.configuration, to: "jobs.yaml")
            let server = try ServedProcess(
                "--config", file, "--state", folder.path,
                variables: [
                    "SECRET": "hunter2", "OTHER_SECRET": "hunter4", "CARILLON_TIMEZONE": "Asia/Tokyo",
                    "SCHEDULER_AUTH": "a:hunter3",
                    "CARILLON_SERVICE_HOST": "kept", "UNRELATED": "kept",
                ])
            var lines = server.lines(through: "end-of-run")
            let failure = "is not set; set it"
            if !lines.contains(where: { $0.contains(failure) }) { lines += server.lines(through: failure) }
            let status = server.end(SIGTERM)
            return (lines: lines, status: status, folder: folder)
        }
        let text = seen.lines.joined(separator: "\n")
        #expect(seen.status == 0 && !text.contains("hunter"), "\(text)")
        #expect(text.contains("got ***") && text.contains("GIVEN=***"))
        #expect(text.contains("DB_PASSWORD_FILE=/run/secrets/x") && text.contains("SHELL_VARIABLE=${HOME}"))
        #expect(text.contains("CARILLON_SERVICE_HOST=kept") && text.contains("UNRELATED=kept"))
        #expect(text.contains("CARILLON_JOB=shown"))
        for name in [" SECRET=", "OTHER_SECRET=", "CARILLON_TIMEZONE=", "SCHEDULER_AUTH="] {
            #expect(!text.contains("\(name)"), "\(name)")
        }
        #expect(text.contains("the environment variable 'NOT_SET' is not set; runs of job 'missing' fail until it is"))
        let commands = [
            ["jobs", "show", "shown"], ["jobs", "show", "shown", "--json"], ["jobs", "list", "--json"],
            ["jobs", "export"], ["runs", "list", "--json"], ["doctor", "--config", "\(seen.folder.path)/jobs.yaml"],
        ]
        for command in commands {
            let run = try await CommandRun.carillon(
                command, variables: ["STATE_DIRECTORY": seen.folder.path, "SECRET": "hunter2"])
            let all = run.text + run.error
            #expect(!all.contains("hunter2"), "\(command): \(all)")
            if command[0] == "jobs" { #expect(all.contains("${SECRET}"), "\(command): \(all)") }
        }
        let store = try await SQLiteJobStore(path: "\(seen.folder.path)/jobs.sqlite")
        var filter = RunFilter()
        filter.job = JobID("missing")
        filter.kind = .scheduled
        let failed = try await store.runs(filter, page: Page(limit: 10)).first
        #expect(
            failed?.error?.contains("the environment variable 'NOT_SET' is not set") == true, "\(failed?.error ?? "")")
    }

    @Test("A job that is added by hand keeps its variables as text, and what was stored before stays as it is")
    func addedByHand() async throws {
        let old = NewJob(
            id: JobID("old"),
            definition: JobDefinition(
                task: TaskName("shell"), arguments: Array(#"{"command":"x","stdin":"${x%y}"}"#.utf8),
                trigger: try .crontab("0 12 * * *")), added: Instant(.now))
        let fixture = try await StoreFixture([old])
        _ = try await fixture.carillon("jobs", "add", "new", "--", "echo ${SECRET} $${HOME}")
        let new = try await fixture.store.snapshot(JobID("new"), at: Instant(.now)).job.definition
        #expect(String(decoding: new.arguments, as: UTF8.self) == #"{"command":"echo ${SECRET} $${HOME}"}"#)
        #expect(new.policies.resolvesVariables)
        let refused = try await fixture.carillon("jobs", "add", "shell-text", "--", "echo ${x%y}")
        #expect(refused.status == 65 && refused.error.contains("write '$${' where '${' itself is meant"))
        let before = try await fixture.store.snapshot(old.id, at: Instant(.now)).job.definition
        #expect(before == old.definition)
        _ = try await fixture.carillon("jobs", "edit", "old", "--", "echo ${SECRET}")
        let edited = try await fixture.store.snapshot(old.id, at: Instant(.now)).job.definition
        #expect(
            String(decoding: edited.arguments, as: UTF8.self)
                == #"{"command":"echo ${SECRET}","stdin":"$${x%y}"}"#)
        #expect(edited.policies.resolvesVariables)
        let file = try await fixture.carillon(
            "jobs", "add", "file", "--task", "shell", "--arguments", #"{"command":"cat","stdin_file":"/etc/passwd"}"#)
        #expect(
            file.status == 65 && file.error.contains("'stdin_file' can stand only in a job of a configuration file"))
    }
}
#endif
