/// A JSON form of a trigger: the word behind `type`, the keys beside it, and how the values are read.
struct TriggerForm: Sendable {
    typealias Read = @Sendable (inout JSONObjectReader) throws(TriggerError) -> any TriggerKind
    typealias Substitute = @Sendable (JSONValue.Member, TriggerError) -> JSONValue?

    /// The word behind `type`.
    let type: String
    /// All keys, `type` first.
    let keys: [String]
    /// The key behind which the parts stand, of a form that is put together from other triggers.
    let partsKey: String?
    /// Reads the values of the keys other than `type`.
    let read: Read
    /// A right value in the place of a wrong one, so that what else is wrong can be found; `nil` if the key can be left
    /// out.
    let substitute: Substitute

    /// - Parameter keys: All keys but `type`, with blanks between them.
    init(
        _ type: String, keys: String, partsKey: String? = nil, read: @escaping Read,
        substitute: @escaping Substitute = { _, _ in nil }
    ) {
        self.type = type
        self.keys = ["type"] + keys.split(separator: " ").map(String.init)
        self.partsKey = partsKey
        self.read = read
        self.substitute = substitute
    }
}
