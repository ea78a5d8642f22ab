import Carillon
import CarillonTasks
import Foundation
import Testing

/// Commands as another user.
@Suite(.timeLimit(.minutes(10))) struct ShellUserTests {
    private static let isRoot = geteuid() == 0

    @Test(.enabled(if: isRoot, "only root can become another user"), arguments: ["nobody", "65534"])
    func anotherUser(_ user: String) async throws {
        let line =
            "id -un; id -u; id -G; echo $HOME $USER $LOGNAME $SHELL; echo written > /dev/stderr; id -u > /proc/self/fd/1"
        let run = try await TaskBench.shell(ShellArguments(command: .line(line), workingDirectory: "/", user: user))
        #expect(run.error == nil)
        #expect(run.text == "nobody\n65534\n65534\n/nonexistent nobody nobody /usr/sbin/nologin\nwritten\n65534\n")
    }

    /// A server may be in groups of its own, which are not for the user of a command.
    @Test(.enabled(if: isRoot, "only root can become another user"))
    func groupsOfTheServerAreNotKept() async throws {
        let count = getgroups(0, nil)
        var before = [gid_t](repeating: 0, count: Int(count))
        try #require(getgroups(count, &before) == count)
        let further: [gid_t] = [54_321, 54_322]
        try #require(setgroups(further.count, further) == 0)
        defer { setgroups(before.count, before) }
        let run = try await TaskBench.shell(
            ShellArguments(
                command: .line("id -G; grep Groups /proc/self/status"), workingDirectory: "/", user: "nobody"))
        #expect(run.error == nil)
        #expect(run.text.split(separator: "\n").first == "65534")
        #expect(!run.text.contains("54321"))
    }

    /// Whether this process may see other files than the rest of the machine does.
    private static let canHideFiles: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--mount", "mount", "--bind", "/etc/group", "/etc/group"]
        process.standardError = FileHandle.nullDevice
        guard isRoot, (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// The server sees a user who is in two groups more than those of the machine.
    @Test(.enabled(if: canHideFiles, "only root can hide /etc/group, and not in every container"))
    func groupsOfTheUserAreGiven() async throws {
        let folder = try TemporaryFolder()
        let groups = try String(contentsOfFile: "/etc/group", encoding: .utf8)
        try folder.write("group", groups + "first:x:54321:nobody\nsecond:x:54322:nobody\n", executable: false)
        let script = #"mount --bind "$0" /etc/group && exec "$@""#
        let output = try await Worker.output(
            ["as", "nobody", "id -G"],
            launcher: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "\(folder.path)/group"])
        #expect(output == "65534 54321 54322\n")
    }

    @Test(.enabled(if: isRoot, "only root can become another user"))
    func theDirectoryIsEnteredAsThatUser() async throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o700)
        let run = try await TaskBench.shell(
            ShellArguments(command: .line("pwd"), workingDirectory: folder.path, user: "nobody"))
        #expect(run.error == "working directory \(folder.path): Permission denied")
    }

    /// The `PATH` of root often has directories that nobody else may enter.
    @Test(.enabled(if: isRoot, "only root can become another user"))
    func aDirectoryOfThePathThatIsClosed() async throws {
        let folder = try TemporaryFolder()
        try folder.write("id", "#!/bin/sh\n", executable: true)
        chmod(folder.path, 0o700)
        let path = ["PATH": "\(folder.path):/usr/bin:/bin"]
        for (program, error) in [("id", nil), ("no-such-command", "no such command: no-such-command")] {
            let run = try await TaskBench.shell(
                ShellArguments(
                    command: .program([program]), workingDirectory: "/", environment: path, user: "nobody"))
            #expect(run.error == error)
        }
        let named = try await TaskBench.shell(
            ShellArguments(command: .program(["\(folder.path)/id"]), workingDirectory: "/", user: "nobody"))
        #expect(named.error == "command \(folder.path)/id: Permission denied")
    }

    @Test(arguments: ["no-such-user", "4123456789", "-1"])
    func nobodyOfThisName(_ user: String) async throws {
        let run = try await TaskBench.shell(ShellArguments(command: .line("true"), user: user))
        #expect(run.outcome == .failed)
        #expect(run.error == "no such user: \(user)")
    }

    @Test(.enabled(if: !isRoot, "root can become anybody"))
    func onlyRootCan() async throws {
        let run = try await TaskBench.shell(ShellArguments(command: .line("true"), user: "root"))
        #expect(run.error?.hasPrefix("running as user root needs a server that runs as root") == true)
    }

    @Test func itsOwnUserNeedsNoRoot() async throws {
        let run = try await TaskBench.shell(
            ShellArguments(command: .line("id -u"), workingDirectory: "/", user: "\(geteuid())"))
        #expect(run.text == "\(geteuid())\n")
    }
}
