extension JSONObjectReader {
    /// One trigger or more.
    mutating func triggers(_ key: String) throws(TriggerError) -> (first: Trigger, others: [Trigger]) {
        let value = try required(key)
        guard case .array(let elements) = value else {
            throw TriggerError(
                .invalidValue, field: key, "must be an array of triggers, not \(value.kindDescription)")
        }
        var triggers: [Trigger] = []
        for (index, element) in elements.enumerated() {
            do {
                triggers.append(try Trigger(json: element))
            } catch {
                throw error.inside("\(key)[\(index)]")
            }
        }
        guard let first = triggers.first else {
            throw TriggerError(.invalidValue, field: key, "is empty; give one trigger or more")
        }
        return (first, Array(triggers.dropFirst()))
    }
}
