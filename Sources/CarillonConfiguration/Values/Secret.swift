#if Configuration
/// A text that must not be seen: whatever prints it prints stars.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for whoever has to show it at a door.
    public let value: String

    /// Takes the text.
    public init(_ value: String) { self.value = value }

    /// Three stars.
    public var description: String { "***" }
    /// Three stars.
    public var debugDescription: String { "***" }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
#endif
