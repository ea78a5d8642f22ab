#if Configuration
import Carillon
import CarillonTriggers
import Yams

/// Reads values of any kind, of which aliases may make far more than the text has.
extension ConfigurationReader {
    /// Takes room for a text out of what there is for all values together.
    mutating func takeRoom(for text: String, _ entry: Entry) -> Bool {
        room -= 16 + text.utf8.count
        if room > 0 { return true }
        report(entry, "there is too much in here")
        return false
    }

    /// Any value as JSON, with variables put in.
    mutating func json(_ entry: Entry, atMost limit: Int? = nil) -> JSONValue? {
        if case .scalar(let scalar) = entry.value {
            return takeRoom(for: scalar.string, entry) ? value(scalar, entry.path, entry.source) : nil
        }
        guard let node = entry.value.node else { return nil }
        var own = min(limit ?? room, room)
        let before = own
        let problems = problemCount
        do throws(YAMLProblem) {
            let json = try node.json(&own) { (scalar) throws(YAMLProblem) in
                guard entry.source.substitutes, Substitution.isNeeded(scalar.string) else { return scalar.json }
                let text = ScalarText(
                    string: scalar.string, isPlain: scalar.isPlain, place: TextPlace(scalar.mark))
                // What is wrong has been reported; another value stands in for it.
                return value(text, entry.path, entry.source) ?? .null
            }
            room -= before - own
            return problemCount == problems ? json : nil
        } catch {
            let place = ConfigurationPlace(source: entry.source.name, line: error.line, column: error.column)
            report(place, entry.path, error.message)
            return nil
        }
    }
}
#endif
