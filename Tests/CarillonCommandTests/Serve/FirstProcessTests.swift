#if Command
import Foundation
import Testing

/// The command as process 1, as in a container without an init of its own.
@Suite("carillon serve as process 1", .fewAtOnce)
struct FirstProcessTests {
    private static let unshare = ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]

    /// Only root can, and not in every container.
    private static let canUnshare: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: unshare[0])
        process.arguments = unshare.dropFirst() + ["true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Leaves a process behind, and fails.
    private static let leaving = """
        setsid sh -c 'echo $$ > new; mv new orphan; while [ ! -e end ]; do sleep 0.05; done' > log 2>&1 &
        while [ ! -e orphan ]; do sleep 0.05; done
        exit 3
        """

    /// Waits until a process that was left behind is in the list no more, in which one that nobody waits for stays.
    private static let waiting = """
        while [ ! -e orphan ]; do sleep 0.05; done
        n=$(cat orphan)
        while [ $(awk '/^PPid/ { print $2 }' /proc/$n/status) != 1 ]; do sleep 0.05; done
        touch end
        while [ -e /proc/$n ]; do sleep 0.05; done
        echo process 1 is $(cat /proc/1/comm)
        """

    @Sendable private static func isOfLeaving(_ line: String) -> Bool {
        line.contains("leaving  failed") && line.contains("exit status 3")
    }

    @Test(
        "Takes what its commands leave behind off the list of processes, and still learns how they end",
        .enabled(if: canUnshare, "a process 1 cannot be made here"))
    func reaps() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        _ = try folder.write(Self.leaving, to: "leaving.sh")
        _ = try folder.write(Self.waiting, to: "waiting.sh")
        let config = try folder.write(
            """
            state: .
            jobs:
            - {id: leaving, command: [sh, leaving.sh], working_directory: \(path)}
            - {id: waiting, command: [sh, waiting.sh], working_directory: \(path)}
            """, to: "jobs.yaml")
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config], launcher: Self.unshare)
            var lines = server.lines(through: "process 1 is", within: .seconds(120))
            if !lines.contains(where: Self.isOfLeaving) { lines += server.lines(through: "exit status 3") }
            _ = server.end(SIGKILL)
            return lines
        }
        #expect(lines.contains(where: Self.isOfLeaving), "\(lines)")
        #expect(lines.contains { $0.contains("process 1 is carillon") }, "\(lines)")
    }
}
#endif
