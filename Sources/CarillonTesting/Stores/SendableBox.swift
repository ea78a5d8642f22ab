/// A value that one closure at a time uses.
package final class SendableBox<Value>: @unchecked Sendable {
    // `@unchecked`: a test hands the value to one closure, and touches it nowhere else meanwhile.
    /// The value.
    package let value: Value

    /// Creates a box.
    package init(_ value: Value) { self.value = value }
}
