/// The candidate that a person who wrote `word` most likely meant: the one that fewest insertions, deletions and
/// replacements of letters away (Levenshtein distance, upper and lower case alike), if that is at most a third of the
/// word's length.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().utf8.prefix(64))
    guard !letters.isEmpty else { return nil }
    var best: (candidate: String, distance: Int)?
    var limit = max(1, letters.count / 3)
    for candidate in candidates {
        let other = Array(candidate.lowercased().utf8)
        guard abs(other.count - letters.count) <= limit else { continue }
        let distance = editDistance(letters, other)
        if distance <= limit, distance < best?.distance ?? .max {
            best = (candidate, distance)
            limit = distance
        }
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

private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var previous = Array(0...right.count)
    var current = previous
    for (row, letter) in left.enumerated() {
        current[0] = row + 1
        for (column, other) in right.enumerated() {
            current[column + 1] = min(
                previous[column + 1] + 1,
                current[column] + 1,
                previous[column] + (letter == other ? 0 : 1)
            )
        }
        swap(&previous, &current)
    }
    return previous[right.count]
}
