import CarillonTriggers

extension TriggerError {
    /// Creates a name from a text of a JSON form.
    ///
    /// - Throws: `TriggerError` with the field, the text and what is wrong with it.
    static func reading<Name>(
        _ field: String, _ text: String, _ name: (String) throws(CarillonError) -> Name
    ) throws(TriggerError) -> Name {
        do throws(CarillonError) {
            return try name(text)
        } catch {
            throw TriggerError(.invalidValue, field: field, value: text, error.reason)
        }
    }
    /// Reads the value under a key of a JSON form.
    ///
    /// - Throws: `TriggerError` with a field that begins with the key.
    static func reading<Value>(
        inside key: String, _ read: () throws(TriggerError) -> Value
    ) throws(TriggerError) -> Value {
        do throws(TriggerError) {
            return try read()
        } catch {
            throw error.inside(key)
        }
    }
}
