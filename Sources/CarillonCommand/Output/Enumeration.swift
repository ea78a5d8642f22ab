extension [String] {
    /// The texts as a sentence lists them: `a`, `a and b`, `a, b and c`.
    func enumeration(with word: String = "and") -> String {
        guard let last, count > 1 else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) \(word) \(last)"
    }
}
