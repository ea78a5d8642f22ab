import Foundation

extension RunProcess {
    /// How long the system may take to end processes that were killed: one that hangs in the kernel ends when that does.
    private static let limit = Duration.seconds(5)

    /// A process of this machine that is there now; nothing where there is none.
    package init?(_ number: Int32) {
        guard number > 1, let start = ProcessIdentity.start(of: number) else { return nil }
        self.init(number: number, start: start)
    }

    /// Ends it with all that it has started, on a thread of its own.
    ///
    /// - Returns: Whether it has ended.
    package func end() async -> Bool {
        await withCheckedContinuation { waiter in
            Thread { waiter.resume(returning: endBlocking()) }.start()
        }
    }

    /// Ends it with all that it has started: it adopts what loses its parent (`PR_SET_CHILD_SUBREAPER`).
    ///
    /// It is stopped first. Then it waits for no child that has ended, so that no other process gets a child's number, and
    /// what a child had started becomes its child once that is killed.
    ///
    /// - Returns: Whether it has ended.
    package func endBlocking() -> Bool {
        // Process 1 and whole groups are nobody's to end.
        guard number > 1, !ProcessIdentity.hasEnded(number, started: start) else { return true }
        let deadline = ContinuousClock.now + Self.limit
        guard kill(number, SIGSTOP) == 0 else { return ProcessIdentity.hasEnded(number, started: start) }
        while ContinuousClock.now < deadline {
            let children = ProcessIdentity.children(of: number)
            if children.isEmpty { break }
            for child in children { kill(child, SIGKILL) }
            usleep(2000)
        }
        guard !ProcessIdentity.hasEnded(number, started: start) else { return true }
        kill(number, SIGKILL)
        while !ProcessIdentity.hasEnded(number, started: start) {
            if ContinuousClock.now >= deadline { return false }
            usleep(2000)
        }
        return true
    }
}
