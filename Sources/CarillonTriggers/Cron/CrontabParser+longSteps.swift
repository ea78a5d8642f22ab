extension CrontabParser {
    /// A part of a field with a step so long that one number is all it selects, such as `*/90` of minutes.
    struct LongStep {
        let field: CronFieldName
        let term: String
        /// The number it selects.
        let number: Int
    }

    /// The parts of a right expression whose steps are longer than what they step through. Crontab allows them, but
    /// `*/90` does not mean every 90 minutes.
    func longSteps(in expression: String) -> [LongStep] {
        let fields = Array(expression.utf8)[...].words
        let names: [CronFieldName] = [.second, .minute, .hour, .day, .month, .dayOfWeek]
        return zip(names.suffix(fields.count), fields).flatMap { name, field in
            CronTerms(field).compactMap { term in
                // What is no stride, such as `LW`, has no step.
                guard term.contains(UInt8(ascii: "/")), let stride = try? stride(name, term),
                    stride.step > stride.last - stride.first, stride.step > 1
                else { return nil }
                return LongStep(field: name, term: term.text, number: stride.first)
            }
        }
    }
}
