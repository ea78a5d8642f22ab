/// Why `carillon serve` cannot go on.
package struct ServeFailure: Error, CustomStringConvertible {
    /// The exit status, after sysexits(3).
    package enum Status: Int32, Sendable {
        case missingFile = 66
        case conflict = 70
        case inputOrOutput = 74
        case busy = 75
        case badConfiguration = 78
    }

    package let status: Status
    /// One line for each problem.
    package let description: String

    init(_ status: Status, _ description: String) {
        self.status = status
        self.description = description
    }

    init(_ failure: POSIXFailure) { self.init(.inputOrOutput, failure.description) }
}
