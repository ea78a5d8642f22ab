#if Macros
import Foundation

/// What the tests set from outside, in place of other decorations in another program.
enum Setting {
    static let id = text("ID", else: "first")
    static let twin = text("TWIN", else: "twin")
    static let minutes = Int(text("MINUTES", else: "10")) ?? 10

    private static func text(_ name: String, else usual: String) -> String {
        ProcessInfo.processInfo.environment["DECORATIONS_\(name)"] ?? usual
    }
}
#endif
