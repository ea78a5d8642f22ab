#if Macros
import CarillonTriggers
import SwiftDiagnostics
import SwiftParser
import SwiftSyntax

/// Tries a trigger that is written out in a decoration: what is wrong with it is said when the program is compiled, with the
/// words that would be said at run time. What is not written out is left to the start of the scheduler.
struct TriggerLiteralCheck {
    private(set) var findings: [Diagnostic] = []

    /// Whether nothing is wrong.
    var isValid: Bool { !findings.contains { $0.diagMessage.severity == .error } }

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
        guard let literal = arguments.first(where: { $0.label == nil })?.expression, let text = literal.text else { return }
        // Another dialect of weekdays refuses the same texts.
        attempt({ () throws(TriggerError) in try .crontab(text) }) { error in
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
        attempt({ () throws(TriggerError) in
            try .cron(
                year: fields["year"], month: fields["month"], day: fields["day"], week: fields["week"],
                hour: fields["hour"], minute: fields["minute"], second: fields["second"],
                dayOfWeek: fields["dayOfWeek"])
        }) { error in (places[error.field] ?? Syntax(arguments), nil) }
    }

    private mutating func checkInterval(_ arguments: LabeledExprListSyntax) {
        let units = ["weeks", "days", "hours", "minutes", "seconds"]
        let given = arguments.filter { units.contains($0.label?.text ?? "") }
        var numbers: [String: Int] = [:]
        for argument in given {
            guard let label = argument.label?.text, let number = argument.expression.number else { return }
            numbers[label] = number
        }
        guard !given.isEmpty || arguments.allSatisfy({ $0.label != nil }) else { return }
        attempt({ () throws(TriggerError) in
            try .interval(
                weeks: numbers["weeks"] ?? 0, days: numbers["days"] ?? 0, hours: numbers["hours"] ?? 0,
                minutes: numbers["minutes"] ?? 0, seconds: numbers["seconds"] ?? 0)
        }) { error in
            (given.first { $0.label?.text == error.field }.map { Syntax($0) } ?? Syntax(arguments), nil)
        }
    }

    private mutating func checkDate(_ arguments: LabeledExprListSyntax) {
        guard let literal = arguments.first(where: { $0.label == nil })?.expression, let text = literal.text else { return }
        attempt({ () throws(TriggerError) in try .date(text) }) { _ in (Syntax(literal), nil) }
    }

    /// A zone that this machine does not know may be known where the program runs.
    private mutating func checkZone(_ arguments: LabeledExprListSyntax) {
        guard let value = arguments.first(where: { $0.label?.text == "in" })?.expression,
            let literal = value.as(FunctionCallExprSyntax.self)?.arguments.first?.expression, let name = literal.text
        else { return }
        do throws(TriggerError) { _ = try Zone(name) } catch {
            findings.append(Finding.warning(error.sentence, at: literal))
        }
    }

    private mutating func attempt(
        _ trigger: () throws(TriggerError) -> Trigger, place: (TriggerError) -> (node: Syntax, offset: Int?)
    ) {
        do throws(TriggerError) {
            let trigger = try trigger()
            let node = place(TriggerError(.invalidValue, "")).node
            for remark in trigger.remarks(after: Instant(seconds: 0)) { findings.append(Finding.warning(remark, at: node)) }
        } catch {
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

extension ExprSyntax {
    /// The text of a literal without interpolation.
    fileprivate var text: String? { self.as(StringLiteralExprSyntax.self)?.representedLiteralValue }

    /// The number of a literal, which may have a sign.
    fileprivate var number: Int? {
        if let prefix = self.as(PrefixOperatorExprSyntax.self), prefix.operator.text == "-" {
            return prefix.expression.number.map { -$0 }
        }
        guard let text = self.as(IntegerLiteralExprSyntax.self)?.literal.text.filter({ $0 != "_" }) else { return nil }
        return Int(text)
    }

    /// Whether a literal is written between two quotes on one line, with the characters that it means.
    fileprivate var isPlainLiteral: Bool {
        guard let literal = self.as(StringLiteralExprSyntax.self) else { return false }
        return literal.openingPounds == nil && literal.openingQuote.tokenKind == .stringQuote
            && literal.segments.trimmedDescription == literal.representedLiteralValue
    }
}
#endif
