#if canImport(FoundationEssentials)
private import FoundationEssentials
#else
private import Foundation
#endif

/// The JSON form of a user's trigger: its name behind `type`, and its `Codable` form behind `parameters`, so that none of
/// its keys can collide with one of ours.
enum CustomTriggerForm {
    static let parametersKey = "parameters"

    /// The form by which values of a type are read.
    static func form<Value: CustomTrigger>(of _: Value.Type) -> TriggerForm {
        TriggerForm(
            Value.typeName, keys: parametersKey,
            read: { (reader) throws(TriggerError) in
                let parameters = reader.value(parametersKey) ?? .object([])
                return try RegisteredTrigger(value(Value.self, from: parameters))
            })
    }

    /// The `Codable` form of a value.
    ///
    /// - Throws: `TriggerError` if it cannot be encoded.
    static func parameters(of value: some CustomTrigger) throws(TriggerError) -> JSONValue {
        let encoder = JSONEncoder()
        // Equal triggers are given in the same words.
        encoder.outputFormatting = .sortedKeys
        let bytes: Data
        do {
            bytes = try encoder.encode(value)
        } catch {
            throw refused(value, "cannot be written as JSON: \(error)")
        }
        do {
            return try JSONReader.value(of: Array(bytes))
        } catch {
            throw refused(value, "cannot be written as JSON: \(error)")
        }
    }

    private static func refused<Value: CustomTrigger>(_: Value, _ reason: String) -> TriggerError {
        TriggerError(.invalidValue, value: Value.typeName, reason)
    }

    private static func value<Value: CustomTrigger>(
        _: Value.Type, from parameters: JSONValue
    ) throws(TriggerError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(parameters.bytes))
        } catch {
            throw TriggerError(
                .invalidValue, field: parametersKey, "cannot be read as '\(Value.typeName)': \(reason(of: error))")
        }
    }

    /// Where and what, of the errors of a decoder; their own description goes over many lines.
    private static func reason(of error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return (path.isEmpty ? "" : "\(path): ") + context.debugDescription
        }
        return switch error {
        case DecodingError.keyNotFound(let key, _): "the key '\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context): place(context)
        case DecodingError.valueNotFound(_, let context): place(context)
        case DecodingError.dataCorrupted(let context): place(context)
        default: "\(error)"
        }
    }
}
