import Synchronization

/// Measurements from any thread.
final class Samples: Sendable {
    private let values = Mutex<[Double]>([])

    func add(_ value: Double) { values.withLock { $0.append(value) } }

    /// The values, in order of size.
    var sorted: [Double] { values.withLock { $0.sorted() } }
}

extension [Double] {
    /// The value that a share of them, from 0 to 1, does not exceed; they are in order of size.
    func quantile(_ share: Double) -> Double {
        isEmpty ? .nan : self[Swift.min(count - 1, Int(Double(count) * share))]
    }

    var median: Double { sorted().quantile(0.5) }
}

extension Duration {
    var microseconds: Double { self / .microseconds(1) }
    var seconds: Double { self / .seconds(1) }
}
