import Foundation

extension RunProcess {
    /// How long killed processes may take to end: one that hangs in the kernel ends only when the kernel lets it.
    private static let limit = Duration.seconds(5)

    /// Creates the identity of a running process of this machine; `nil` if there is none.
    package init?(_ number: Int32) {
        guard number > 1, let start = ProcessIdentity.start(of: number) else { return nil }
        self.init(number: number, start: start)
    }

    /// Ends the process and all its descendants, on a separate thread.
    ///
    /// - Returns: Whether it has ended.
    package func end() async -> Bool {
        await withCheckedContinuation { waiter in
            Thread { waiter.resume(returning: endBlocking()) }.start()
        }
    }

    /// Ends the process and all its descendants: it adopts orphans (`PR_SET_CHILD_SUBREAPER`).
    ///
    /// It is stopped first. While stopped it reaps no child that has ended, so that no other process gets a child's id,
    /// and the children of a killed child become its own.
    ///
    /// - Returns: Whether it has ended.
    package func endBlocking() -> Bool {
        // Process 1 and whole process groups must not be killed.
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
