/// The candidate that a person who wrote `word` most likely meant: the one that fewest insertions, deletions, replacements
/// and swaps of neighbouring letters away (optimal string alignment, upper and lower case alike), if that is at most a
/// third of the word's length, rounded, and one for short words. Of several as near, the one that begins alike for longest.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().utf8.prefix(64))
    guard !letters.isEmpty else { return nil }
    var best: (candidate: String, distance: Int, beginning: Int)?
    var limit = max(1, (letters.count + 1) / 3)
    for candidate in candidates {
        let other = Array(candidate.lowercased().utf8)
        guard abs(other.count - letters.count) <= limit else { continue }
        let distance = editDistance(letters, other)
        guard distance <= limit else { continue }
        let beginning = zip(letters, other).prefix { $0 == $1 }.count
        if let best, (best.distance, -best.beginning) <= (distance, -beginning) { continue }
        best = (candidate, distance, beginning)
        limit = distance
    }
    return best?.candidate
}

/// What to say of a key that is not one of those there are: which was meant, and all of them, that one first.
package func refusal(ofKey key: String, among keys: [String]) -> String {
    guard let likeliest = nearest(to: key, among: keys) else {
        return "is not a key here; the keys are \(keys.joined(separator: ", "))"
    }
    let all = [likeliest] + keys.filter { $0 != likeliest }
    return "is not a key here; did you mean '\(likeliest)'? The keys are \(all.joined(separator: ", "))"
}

/// What to say of a key that is not one of many in several parts: which was meant, with the keys of its part; or, if none
/// is like it, those of the parts that matter most.
///
/// - Parameters:
///   - mainCount: How many of the parts matter most; they come first.
///   - others: What the other parts are called.
package func refusal(
    ofKey key: String, amongParts parts: [[String]], mainCount: Int, others: String
) -> String {
    guard let likeliest = nearest(to: key, among: parts.joined()),
        let part = parts.first(where: { $0.contains(likeliest) })
    else {
        let main = parts.prefix(mainCount).joined()
        return "is not a key here; the keys are \(main.joined(separator: ", ")), and those of \(others)"
    }
    return "is not a key here; did you mean '\(likeliest)'? Keys of its kind are \(part.joined(separator: ", "))"
}

/// What to say of a word that is not one of those that a value can be: which was meant, and all of them.
package func refusal(ofWord word: String, among words: [String]) -> String {
    let hint = nearest(to: word, among: words).map { "did you mean '\($0)'? They" } ?? "they"
    return "is not one of those there are; \(hint) are \(words.joined(separator: ", "))"
}

private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        current.reserveCapacity(previous.count)
        for (column, other) in right.enumerated() {
            var distance = min(
                previous[column + 1] + 1,
                current[column] + 1,
                previous[column] + (letter == other ? 0 : 1)
            )
            if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                distance = min(distance, beforePrevious[column - 1] + 1)
            }
            current.append(distance)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
}
