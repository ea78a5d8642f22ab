import Synchronization

/// The room that one pass has drawn from executors that it shares with other passes.
final class RoomDraws: Sendable {
    private struct Drawn {
        let load: ExecutorLoad
        var count = 0
        /// Whether the pass found no free worker for a run.
        var isExhausted = false
    }

    private let drawn: Mutex<FewNamed<Drawn>>
    private let monotonic: Int64

    /// Creates draws of which none has been made.
    ///
    /// - Parameters:
    ///   - executors: The executors that runs are taken for.
    ///   - monotonic: When the pass begins.
    init(_ executors: [String: ExecutorSlot], at monotonic: Int64) {
        var drawn = FewNamed<Drawn>()
        for (alias, slot) in executors where !slot.isLeaving { _ = drawn.add(alias, Drawn(load: slot.load)) }
        self.drawn = Mutex(drawn)
        self.monotonic = monotonic
    }

    /// Asks a pass how many runs it takes for an executor with its present room, which is none if `executors` did not
    /// have it, and draws that room.
    func draw(for executor: String, _ take: (StorePass.Room) -> Int) {
        drawn.withLock { drawn in
            guard let index = drawn.index(of: executor) else {
                _ = take(StorePass.Room(free: 0))
                return
            }
            drawn.values[index].count += drawn.values[index].load.draw(at: monotonic) { room in
                if room.free == 0 { drawn.values[index].isExhausted = true }
                return take(room)
            }
        }
    }

    /// The executors that had no free worker for some job of the pass.
    var exhausted: [String] {
        drawn.withLock { drawn in zip(drawn.names, drawn.values).filter(\.1.isExhausted).map(\.0) }
    }

    /// Gives back what was drawn: the pass is planned anew, has failed, or its runs now count as taken.
    ///
    /// - Returns: Whether anything had been drawn.
    @discardableResult func giveBack() -> Bool {
        drawn.withLock { drawn in
            var hadAny = false
            for index in drawn.values.indices where drawn.values[index].count > 0 {
                drawn.values[index].load.giveBackDrawn(drawn.values[index].count)
                drawn.values[index].count = 0
                hadAny = true
            }
            return hadAny
        }
    }
}
