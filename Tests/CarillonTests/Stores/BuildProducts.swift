import Foundation

/// Where this package and what was built of it lie.
enum BuildProducts {
    /// The package's folder.
    static let packagePath = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    /// An executable of the package, built beside these tests.
    static func executable(_ name: String) -> String {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return folder.appendingPathComponent(name).path
    }
}
