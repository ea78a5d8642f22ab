/// Lets a number of tests in, and the next one whenever one leaves.
package actor Gate {
    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Creates a gate for a number of tests at a time.
    package init(places: Int) { self.places = places }

    /// Returns once there is a place.
    package func enter() async {
        guard places == 0 else {
            places -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Frees a place.
    package func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        places += 1
    }
}
