extension Moment {
    /// Reads a text of a field.
    ///
    /// - Throws: `TriggerError` with `invalidValue` if it is not of the form.
    package init(text: String, form: Form = .any, field: String) throws(TriggerError) {
        guard let moment = Moment(text, form: form) else {
            let expected =
                switch form {
                case .dateOnly: "'2025-12-31'"
                case .rfc3339: "'2025-12-31T08:00:00+01:00' or '2025-12-31T07:00:00Z'"
                case .any: "'2025-12-31', '2025-12-31T08:00:00' or '2025-12-31T08:00:00+01:00'"
                }
            throw TriggerError(
                .invalidValue,
                field: field,
                value: text,
                text.isEmpty
                    ? "is empty; a date is written like \(expected)"
                    : "is not a date that exists, or not written like \(expected)"
            )
        }
        self = moment
    }
}
