#if Configuration
import Carillon
import CarillonTriggers
import Yams

/// Reads single values; each tells what is wrong and then is nothing.
extension ConfigurationReader {
    /// The keys and values of a mapping.
    ///
    /// - Parameter what: What it is, where its path does not say so.
    mutating func entries(
        of value: Value, _ what: String?, _ path: @autoclosure () -> SettingPath, _ source: SourceText
    ) -> [Entry]? {
        guard case .mapping(let held) = value else {
            let words = what.map { "\($0) must consist of" } ?? "must be"
            report(source.place(value.place), path(), "\(words) keys and values, not \(value.kindDescription)")
            return nil
        }
        let path = path()
        let mapping = held.content
        var entries: [Entry] = []
        entries.reserveCapacity(mapping.count)
        // By index: to iterate over a mapping copies it first.
        for index in mapping.indices {
            let pair = mapping[index]
            guard case .scalar(let scalar) = pair.key else {
                report(source.place(TextPlace(pair.key.mark)), path, "a key must be text")
                continue
            }
            let place = TextPlace(scalar.mark)
            if scalar.string == "<<", scalar.style == .plain {
                report(source.place(place), path, Node.mergeKeyRefusal)
                return nil
            }
            entries.append(
                Entry(key: scalar.string, place: place, value: Value(pair.value), parent: path, source: source))
        }
        return entries
    }

    /// The keys and values of an entry's mapping.
    mutating func entries(of entry: Entry, _ what: String? = nil) -> [Entry]? {
        entries(of: entry.value, what, entry.path, entry.source)
    }

    /// The value of a scalar with variables put in. What a variable makes of a plain scalar may be a number.
    mutating func value(_ scalar: ScalarText, _ path: @autoclosure () -> SettingPath, _ source: SourceText)
        -> JSONValue?
    {
        guard source.substitutes, Substitution.isNeeded(scalar.string) else { return scalar.json }
        do throws(Substitution.Failure) {
            return Node.Scalar.json(try substituting(scalar.string), isPlain: scalar.isPlain)
        } catch {
            // Only in a plain scalar of one line is a column as far to the right as in the text.
            let isExact = scalar.isPlain && !scalar.string.contains("\n")
            let column = Int(scalar.place.column) + (isExact ? error.offset : 0)
            let place = ConfigurationPlace(source: source.name, line: Int(scalar.place.line), column: column)
            report(place, path(), error.message)
            return nil
        }
    }

    /// The scalar of an entry; what is no scalar is told to be not what is allowed.
    mutating func value(_ entry: Entry, orTell allowed: String) -> JSONValue? {
        guard case .scalar(let scalar) = entry.value else {
            report(entry, "must be \(allowed), not \(entry.value.kindDescription)")
            return nil
        }
        return value(scalar, entry.path, entry.source)
    }

    /// Text that is not empty.
    mutating func text(_ entry: Entry) -> String? {
        switch value(entry, orTell: "text") {
        case nil: break
        case .string(let text)? where !text.isEmpty: return text
        case .string?, .null?: report(entry, "is empty")
        case let value?: report(entry, "must be text, not \(value.kindWithoutValue); put it in quotes")
        }
        return nil
    }

    /// Text, or a number or a boolean as it was written.
    mutating func writtenText(_ entry: Entry) -> String? {
        guard case .scalar(let scalar) = entry.value, let json = value(entry, orTell: "text") else {
            if case .scalar = entry.value { return nil }
            report(entry, "must be text, not \(entry.value.kindDescription)")
            return nil
        }
        guard takeRoom(for: scalar.string, entry) else { return nil }
        if case .string(let text) = json { return text }
        if json == .null {
            report(entry, "is empty; write \"\" for an empty text")
            return nil
        }
        guard Substitution.isNeeded(scalar.string) else { return scalar.string }
        return try? substituting(scalar.string)
    }

    mutating func boolean(_ entry: Entry) -> Bool? {
        switch value(entry, orTell: "true or false") {
        case nil: return nil
        case .bool(let value)?: return value
        case let value?:
            report(entry, "must be true or false, not \(value.kindWithoutValue)")
            return nil
        }
    }

    /// A whole number in a range.
    mutating func integer(_ entry: Entry, in range: ClosedRange<Int>) -> Int? {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        switch value(entry, orTell: allowed) {
        case nil: return nil
        case .integer(let number)? where range.contains(Int(number)): return Int(number)
        case let value?:
            report(entry, "must be \(allowed), not \(value.kindWithNumber)")
            return nil
        }
    }

    /// A number of seconds, whole or with a fraction.
    mutating func seconds(_ entry: Entry, in range: ClosedRange<Double>) -> Duration? {
        let allowed = "a number of seconds from \(Self.words(range.lowerBound)) to \(Self.words(range.upperBound))"
        let value = value(entry, orTell: allowed)
        let number: Double? =
            switch value {
            case .integer(let number)?: Double(number)
            case .decimal(let text)?: Double(text)
            default: nil
            }
        if let number, range.contains(number) { return .microseconds(Int64((number * 1_000_000).rounded())) }
        if let value { report(entry, "must be \(allowed), not \(value.kindWithNumber)") }
        return nil
    }

    private static func words(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }

    /// One of several words.
    mutating func choice<Choice>(_ entry: Entry, _: Choice.Type) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let word = text(entry) else { return nil }
        if let choice = Choice(rawValue: word) { return choice }
        report(word: word, entry, among: Choice.allCases.map(\.rawValue))
        return nil
    }

    /// Tells that the value of a key is none of the words that it can be.
    mutating func report(word: String, _ entry: Entry, among words: [String]) {
        report(entry, "'\(word.prefix(60))' \(refusal(ofWord: word, among: words))")
    }

    /// A list of texts that are not empty; no list is no text.
    mutating func texts(_ entry: Entry) -> [String]? {
        guard case .sequence(let list) = entry.value else {
            report(entry, "must be a list of texts, not \(entry.value.kindDescription)")
            return nil
        }
        var texts: [String] = []
        for (index, node) in list.content.enumerated() {
            let value = Value(node)
            let element = Entry(
                key: "\(entry.key)[\(index)]", place: value.place, value: value, parent: entry.parent,
                source: entry.source)
            if case .scalar(let scalar) = value, !takeRoom(for: scalar.string, element) { return nil }
            if let text = text(element) { texts.append(text) }
        }
        return texts.count == list.content.count ? texts : nil
    }
}
#endif
