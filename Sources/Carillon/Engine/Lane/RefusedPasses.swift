/// A count of the passes in a row that wrote nothing because the store answered `changed` to every change.
package struct RefusedPasses: Sendable {
    /// The number of refused passes that may be bad luck among many nodes. More mean that the planned changes can never
    /// be written.
    private static let most = 20
    /// The number of refused passes after which the lane reads anew which times have run: an ended run is never
    /// overwritten.
    private static let suspicious = 3

    /// The consequence of a pass's answers.
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

    /// Records the answers to the changes of a pass.
    package mutating func take(_ statuses: [CommitStatus]) -> Consequence {
        guard statuses.contains(.changed), !statuses.contains(.accepted) else {
            count = 0
            return Consequence(triesAgain: statuses.contains(.changed))
        }
        count += 1
        return Consequence(triesAgain: count < Self.most, isSuspicious: count == Self.suspicious)
    }
}
