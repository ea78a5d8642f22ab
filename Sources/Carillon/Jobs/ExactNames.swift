// What a store has kept must be what would be written back: a text that a name would change is not that name.

extension JobID {
    /// Creates the id that a store has kept.
    ///
    /// - Throws: `CarillonError` with `invalidName` if it would not be written back as it is.
    package init(exactly text: String) throws(CarillonError) {
        try self.init(text)
        try checkExactness(text, description)
    }
}

extension TaskName {
    /// Creates the name that a store has kept.
    ///
    /// - Throws: `CarillonError` with `invalidName` if it would not be written back as it is.
    package init(exactly text: String) throws(CarillonError) {
        try self.init(text)
        try checkExactness(text, description)
    }
}

extension NodeID {
    /// Creates the id that a store has kept.
    ///
    /// - Throws: `CarillonError` with `invalidName` if it would not be written back as it is.
    package init(exactly text: String) throws(CarillonError) {
        try self.init(text)
        try checkExactness(text, description)
    }
}

private func checkExactness(_ text: String, _ name: String) throws(CarillonError) {
    guard text.utf8.elementsEqual(name.utf8) else {
        throw CarillonError(.invalidName, "'\(text)' is not in Unicode's composed form (NFC)")
    }
}
