/// Why a test cannot go on.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    /// Says why.
    package init(_ description: String) { self.description = description }
}
