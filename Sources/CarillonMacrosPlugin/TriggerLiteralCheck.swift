#if Macros
import CarillonTriggers
import SwiftDiagnostics
import SwiftSyntax

/// Tries a trigger that is written out in a decoration: what is wrong with it is said when the program is compiled,
/// with the words that would be said at run time. What is not written out is left to the start of the scheduler.
struct TriggerLiteralCheck {
    private(set) var findings: [Diagnostic] = []

    init(_ expression: ExprSyntax) {
        guard let call = expression.as(FunctionCallExprSyntax.self),
            let name = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text
        else { return }
        checkZone(call.arguments)
        switch name {
        case "crontab": checkCrontab(call.arguments)
        case "cron": checkFields(call.arguments)
        case "interval": checkInterval(call.arguments)
        case "date": checkDate(call.arguments)
        default: break
        }
    }

    private mutating func checkCrontab(_ arguments: LabeledExprListSyntax) {
        guard let literal = arguments.first(where: { $0.label == nil })?.expression, let text = literal.text else {
            return
        }
        // Another dialect of weekdays refuses the same texts.
        judge(Result { () throws(TriggerError) -> Trigger in try .crontab(text) }) { error in
            (Syntax(literal), Self.offset(of: error.field, in: text, literal))
        }
    }

    private mutating func checkFields(_ arguments: LabeledExprListSyntax) {
        var fields: [String: CronField] = [:]
        var places: [String: Syntax] = [:]
        for argument in arguments {
            guard let label = argument.label?.text, Self.fieldNames[label] != nil else { continue }
            // One that is not written out leaves the others to be tried.
            guard let value = argument.expression.text ?? argument.expression.number.map(String.init) else { continue }
            fields[label] = CronField(value)
            places[Self.fieldNames[label] ?? label] = Syntax(argument.expression)
        }
        guard !fields.isEmpty else { return }
        judge(
            Result { () throws(TriggerError) -> Trigger in
                try .cron(
                    year: fields["year"], month: fields["month"], day: fields["day"], week: fields["week"],
                    hour: fields["hour"], minute: fields["minute"], second: fields["second"],
                    dayOfWeek: fields["dayOfWeek"])
            }
        ) { error in (places[error.field] ?? Syntax(arguments), nil) }
    }

    private mutating func checkInterval(_ arguments: LabeledExprListSyntax) {
        let units = ["weeks", "days", "hours", "minutes", "seconds"]
        // A list that is filtered lazily keeps its places in the file.
        let given = arguments.lazy.filter { units.contains($0.label?.text ?? "") }
        var numbers: [String: Int] = [:]
        for argument in given {
            guard let label = argument.label?.text, let number = argument.expression.number else { return }
            numbers[label] = number
        }
        if let length = arguments.first(where: { $0.label == nil })?.expression {
            if given.isEmpty { checkLength(length) }
            return
        }
        judge(
            Result { () throws(TriggerError) -> Trigger in
                try .interval(
                    weeks: numbers["weeks"] ?? 0, days: numbers["days"] ?? 0, hours: numbers["hours"] ?? 0,
                    minutes: numbers["minutes"] ?? 0, seconds: numbers["seconds"] ?? 0)
            }
        ) { error in
            (given.first { $0.label?.text == error.field }.map { Syntax($0) } ?? Syntax(arguments), nil)
        }
    }

    /// Checks a length such as `.seconds(90)`.
    private mutating func checkLength(_ expression: ExprSyntax) {
        guard let call = expression.as(FunctionCallExprSyntax.self),
            let unit = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text,
            let number = call.arguments.first?.expression.number.map({ Int64($0) })
        else { return }
        let length: Duration
        switch unit {
        case "seconds": length = .seconds(number)
        case "milliseconds": length = .milliseconds(number)
        case "microseconds": length = .microseconds(number)
        case "nanoseconds": length = .nanoseconds(number)
        default: return
        }
        judge(Result { () throws(TriggerError) -> Trigger in try .interval(length) }) { _ in (Syntax(expression), nil) }
    }

    private mutating func checkDate(_ arguments: LabeledExprListSyntax) {
        guard let literal = arguments.first(where: { $0.label == nil })?.expression, let text = literal.text else {
            return
        }
        judge(Result { () throws(TriggerError) -> Trigger in try .date(text) }) { _ in (Syntax(literal), nil) }
    }

    /// A zone that this machine does not know may be known where the program runs.
    private mutating func checkZone(_ arguments: LabeledExprListSyntax) {
        guard let value = arguments.first(where: { $0.label?.text == "in" })?.expression,
            let literal = value.as(FunctionCallExprSyntax.self)?.arguments.first?.expression
        else { return }
        findings += Self.zoneFindings(literal)
    }

    /// What is strange about the name of a zone that is written out.
    static func zoneFindings(_ literal: some ExprSyntaxProtocol) -> [Diagnostic] {
        guard let name = ExprSyntax(literal).text else { return [] }
        do throws(TriggerError) { _ = try Zone(name) } catch { return [Finding.warning(error.sentence, at: literal)] }
        return []
    }

    private mutating func judge(
        _ trigger: Result<Trigger, TriggerError>, place: (TriggerError) -> (node: Syntax, offset: Int?)
    ) {
        switch trigger {
        case .success(let trigger):
            let node = place(TriggerError(.invalidValue, "")).node
            for remark in trigger.remarks(after: Instant(seconds: 0)) {
                findings.append(Finding.warning(remark, at: node))
            }
        case .failure(let error):
            let (node, offset) = place(error)
            findings.append(Finding.error(error.description, at: node, offset: offset))
        }
    }

    /// The labels of cron's fields, and what the fields are called in errors.
    private static let fieldNames = [
        "year": "year", "month": "month", "day": "day", "week": "week", "hour": "hour", "minute": "minute",
        "second": "second", "dayOfWeek": "day_of_week",
    ]

    /// Where a field begins in a literal, in bytes from the literal's beginning.
    private static func offset(of field: String, in text: String, _ literal: ExprSyntax) -> Int? {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        let names = ["second", "minute", "hour", "day", "month", "day_of_week"].suffix(words.count)
        // Positions in the text are positions in the source only where nothing is escaped.
        guard !text.contains("\\"), let index = names.firstIndex(of: field), literal.isPlainLiteral else { return nil }
        let word = words[index - names.startIndex]
        return 1 + text.utf8.distance(from: text.startIndex, to: word.startIndex)
    }
}
#endif
