import Foundation

/// What the server's output goes to.
enum Terminal {
    /// Whether outcomes are coloured: on a terminal, unless `NO_COLOR` is set (no-color.org).
    static let hasColours = isatty(1) == 1 && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)

    /// Whether a line of standard error can be written over.
    static let hasProgress = isatty(2) == 1
}
