/// The pause between attempts to connect: longer after each one that fails.
package struct ReconnectPause {
    private static let shortest = Duration.milliseconds(100)
    private static let longest = Duration.seconds(2)

    private var length = Duration.zero
    private var end = ContinuousClock.now

    /// Creates a pause that is over.
    package init() {}

    /// Whether the next attempt may be made.
    package var isOver: Bool { ContinuousClock.now >= end }

    /// Notes an attempt that failed.
    package mutating func extend() {
        length = min(max(Self.shortest, length * 2), Self.longest)
        // Random, so that the nodes of a server that comes back do not all connect at once.
        end = .now + length * Double.random(in: 0.5...1)
    }

    /// Notes an attempt that succeeded.
    package mutating func reset() { self = ReconnectPause() }
}
