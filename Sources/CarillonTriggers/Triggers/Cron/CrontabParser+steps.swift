extension CrontabParser {
    /// A part of a field with a step so long that one number is all it selects, such as `*/90` of minutes.
    struct LongStep {
        let field: CronFieldName
        let term: String
        /// The number it selects.
        let number: Int
    }

    /// A step behind a single number, such as `5/15` of minutes.
    struct StepFromOneNumber {
        let field: CronFieldName
        let term: String
        /// The same with its range: `5-59/15`.
        let range: String
    }

    /// The parts of a valid expression that have a step and no range. Vixie cron knows none, so each cron reads them in a
    /// way of its own.
    func stepsFromOneNumber(in expression: String) -> [StepFromOneNumber] {
        parts(of: expression).compactMap { field, term in
            guard let slash = term.firstIndex(of: UInt8(ascii: "/")), let stride = try? stride(field, term),
                !term[..<slash].contains(UInt8(ascii: "*")), !term[..<slash].contains(UInt8(ascii: "-"))
            else { return nil }
            let range = "\(stride.first)-\(stride.last)/\(stride.step)"
            return StepFromOneNumber(field: field, term: term.text, range: range)
        }
    }

    /// The parts of a valid expression whose steps are longer than what they step through. Crontab allows them, but
    /// `*/90` does not mean every 90 minutes.
    func longSteps(in expression: String) -> [LongStep] {
        parts(of: expression).compactMap { field, term in
            // What is no stride, such as `LW`, has no step.
            guard term.contains(UInt8(ascii: "/")), let stride = try? stride(field, term),
                stride.step > stride.last - stride.first, stride.step > 1
            else { return nil }
            return LongStep(field: field, term: term.text, number: stride.first)
        }
    }

    /// What stands between the commas of each field.
    private func parts(of expression: String) -> [(field: CronFieldName, term: ArraySlice<UInt8>)] {
        let fields = Array(expression.utf8)[...].words
        let names: [CronFieldName] = [.second, .minute, .hour, .day, .month, .dayOfWeek]
        return zip(names.suffix(fields.count), fields).flatMap { name, field in CronTerms(field).map { (name, $0) } }
    }
}
