#if Configuration
import Carillon
import CarillonTriggers
import Yams

/// Keeps the variables in the arguments of jobs, which are put in when a run begins.
extension ConfigurationReader {
    /// Reads an argument. One that refers to variables is kept as it was written; what they would make of it now is looked
    /// at where all of them are set, and a warning tells of those that are not.
    ///
    /// - Parameters:
    ///   - others: The keys beside it.
    ///   - isText: Whether its values are texts, whatever stands there without quotes.
    ///   - read: Reads the value with variables put in.
    mutating func argument(
        _ entry: Entry, of others: [Entry], isText: Bool, _ read: (inout Self) -> JSONValue?
    ) -> JSONValue? {
        guard entry.source.substitutes, let (written, texts) = written(entry, isText: isText), !texts.isEmpty else {
            return read(&self)
        }
        var names: Set<String> = []
        for text in texts { names.formUnion(Substitution.names(in: text)) }
        configuration.variables.formUnion(names)
        let missing = substitution.missing(in: texts)
        if missing.isEmpty { return read(&self) == nil ? nil : written }
        // A file that is read when the run begins may have them.
        if !others.contains(where: { $0.key == JobKey.environmentFileName }) {
            let words = missing.map { "'\($0)'" }.joined(separator: ", ")
            let verb = missing.count == 1 ? "variable \(words) is" : "variables \(words) are"
            let job = jobInHand.map { "runs of job '\($0)'" } ?? "runs"
            warn(
                entry.source.place(entry.place), entry.path,
                "the environment \(verb) not set; \(job) fail until \(missing.count == 1 ? "it is" : "they are")")
        }
        return written
    }

    /// A value as it was written, and the texts in it that have a `${`; nothing where it cannot be read.
    private mutating func written(_ entry: Entry, isText: Bool) -> (JSONValue, [String])? {
        var texts: [String] = []
        func value(_ text: String, isPlain: Bool, _ json: @autoclosure () -> JSONValue) -> JSONValue {
            guard Substitution.isNeeded(text) else { return isText ? .string(text) : json() }
            texts.append(text)
            guard !isText, isPlain, Substitution.isReference(text) else { return .string(text) }
            return .object([JSONValue.Member(ArgumentResolution.anyValueKey, .string(text))])
        }
        if case .scalar(let scalar) = entry.value {
            return (value(scalar.string, isPlain: scalar.isPlain, scalar.json), texts)
        }
        guard let node = entry.value.node else { return nil }
        var own = room
        guard
            let json = try? node.json(
                &own,
                { (scalar) throws(YAMLProblem) in value(scalar.string, isPlain: scalar.isPlain, scalar.json) })
        else { return nil }
        if !texts.isEmpty { room = own }
        return (json, texts)
    }
}
#endif
