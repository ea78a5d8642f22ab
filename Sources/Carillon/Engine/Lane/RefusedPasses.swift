/// How many passes in a row wrote nothing, since the store answered `changed` to all that they planned.
package struct RefusedPasses: Sendable {
    /// So many may be bad luck among many nodes. More are not: what is planned then can never be written.
    private static let most = 20
    /// After so many the lane reads anew which times have run: an ended run is never written over.
    private static let suspicious = 3

    /// What follows from the answers to a pass.
    package struct Consequence: Hashable, Sendable {
        /// Whether to plan anew at once.
        package var triesAgain: Bool
        /// Whether to read anew which times have run.
        package var isSuspicious = false

        package init(triesAgain: Bool, isSuspicious: Bool = false) {
            self.triesAgain = triesAgain
            self.isSuspicious = isSuspicious
        }
    }

    private var count = 0

    package init() {}

    /// Takes the answers to the changes of a pass.
    package mutating func take(_ statuses: [CommitStatus]) -> Consequence {
        guard statuses.contains(.changed), !statuses.contains(.accepted) else {
            count = 0
            return Consequence(triesAgain: statuses.contains(.changed))
        }
        count += 1
        return Consequence(triesAgain: count < Self.most, isSuspicious: count == Self.suspicious)
    }
}
