import Carillon
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct NamedThreadTests {
    private func name() throws -> String {
        try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    }

    @Test(arguments: [nil, 262_144])
    func aThreadHasItsName(_ stackBytes: Int?) async {
        let seen = await withCheckedContinuation { continuation in
            NamedThread.start("a thread", stackBytes: stackBytes) { continuation.resume(returning: try? name()) }
        }
        #expect(seen == "a thread\n")
    }

    /// A container may have a limit of threads, which others reach.
    @Test func whereTheSystemHasNoThreadItIsAskedAgain() async {
        let tries = Mutex(0)
        let seen = await withCheckedContinuation { continuation in
            NamedThread.start("late") { name, stackBytes, body in
                let isRefused = tries.withLock { tries in
                    tries += 1
                    return tries <= 2
                }
                return isRefused ? EAGAIN : NamedThread.create(name, stackBytes, body)
            } _: {
                continuation.resume(returning: try? name())
            }
        }
        #expect(seen == "late\n")
        #expect(tries.withLock { $0 } == 3)
    }
}
