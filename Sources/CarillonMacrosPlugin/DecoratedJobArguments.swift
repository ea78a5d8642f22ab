#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// What stands in the parentheses of `@Scheduled`.
struct DecoratedJobArguments {
    /// Labels that set a policy of the job; all others, but those that have a meaning of their own, set an option.
    private static let policies: Set<String> = [
        "misfireGrace", "coalesce", "maxInstances", "atLimit", "retry", "timeout", "recovery", "priority", "history",
        "onFailure",
    ]
    private static let ofTrigger = ["timeZone": "in", "jitter": "jitter"]

    let node: AttributeSyntax
    let id: ExprSyntax?
    let trigger: ExprSyntax
    private let arguments: LabeledExprListSyntax

    /// Reads a decoration; `nil` if the compiler complains of it anyway.
    init?(_ node: AttributeSyntax) {
        guard case .argumentList(let arguments)? = node.arguments,
            let trigger = arguments.first(where: { $0.label == nil })?.expression
        else { return nil }
        self.node = node
        self.trigger = trigger
        self.arguments = arguments
        id = arguments.first { $0.label?.text == "id" }?.expression
    }

    /// Whether nothing is wrong with it.
    var isValid: Bool { !findings.contains { $0.diagMessage.severity == .error } }

    /// What is wrong with it, or strange.
    var findings: [Diagnostic] {
        var findings = TriggerLiteralCheck(trigger).findings
        if let id, id.text == "" {
            findings.append(Finding.error("an id has at least one character", at: id))
        }
        for argument in arguments {
            guard let label = argument.label, let key = Self.ofTrigger[label.text] else { continue }
            if label.text == "timeZone", let literal = argument.expression.as(StringLiteralExprSyntax.self) {
                findings += TriggerLiteralCheck.zoneFindings(literal)
            }
            if let problem = WrittenTrigger(trigger)?.problem(ofSetting: key, label.text) {
                findings.append(Finding.error(problem, at: label))
            } else if WrittenTrigger(trigger) == nil {
                findings.append(
                    Finding.error(
                        "'\(label.text)' goes with a trigger that is written out here; give it to the trigger itself",
                        at: label))
            }
        }
        return findings
    }

    /// Returns an expression that creates the job.
    ///
    /// - Parameters:
    ///   - function: The function.
    ///   - kind: The label of what follows.
    ///   - body: How it is called.
    func job(
        _ function: DecoratedFunction, _ kind: String, _ body: String, in context: some MacroExpansionContext
    ) -> String {
        let settings = arguments.compactMap { argument -> String? in
            guard let label = argument.label?.text, label != "id", Self.ofTrigger[label] == nil else { return nil }
            return "\(Self.policies.contains(label) ? "$1" : "$0").\(label) = \(argument.expression.trimmed)"
        }
        let id = id?.trimmedDescription ?? ("\(literal: function.name)" as ExprSyntax).description
        let decoration = context.location(of: node)
        let place = context.location(of: function.declaration.funcKeyword)
        return """
            Carillon.DecoratedJob(
                id: \(id),
                Carillon.DecoratedTask(
                    "\(function.path)", file: \(place?.file.description ?? "#fileID"),
                    line: \(place?.line.description ?? "#line"), \(kind): \(body)),
                line: \(decoration?.line.description ?? "#line"),
                trigger: { try (\(writtenTrigger)) as CarillonTriggers.Trigger },
                settings: { \(settings.isEmpty ? "_, _ in" : settings.joined(separator: "; ")) })
            """
    }

    /// The trigger with the zone and the jitter that the decoration gives it.
    private var writtenTrigger: String {
        guard var written = WrittenTrigger(trigger) else { return trigger.trimmedDescription }
        for argument in arguments {
            guard let label = argument.label?.text else { continue }
            let value = argument.expression.trimmedDescription
            if label == "timeZone" { written.set("in", "CarillonTriggers.Zone(\(value))") }
            if label == "jitter" { written.set("jitter", value) }
        }
        return written.description
    }
}

/// A trigger that is written out, as `.cron(hour: 9)`.
private struct WrittenTrigger: CustomStringConvertible {
    /// Labels that follow those that are set here.
    private static let last: Set<String> = ["gap", "fold", "weekdays", "firstRun"]
    private static let makers: Set<String> = ["cron", "crontab", "interval", "calendarInterval", "date"]

    private let maker: String
    private let called: String
    private var arguments: [(label: String?, value: String)]

    init?(_ expression: ExprSyntax) {
        guard let call = expression.as(FunctionCallExprSyntax.self),
            let maker = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text,
            Self.makers.contains(maker)
        else { return nil }
        self.maker = maker
        called = call.calledExpression.trimmedDescription
        arguments = call.arguments.map { ($0.label?.text, $0.expression.trimmedDescription) }
    }

    /// Returns why the trigger cannot be given something.
    func problem(ofSetting key: String, _ label: String) -> String? {
        if arguments.contains(where: { $0.label == key }) {
            return "the trigger has '\(key)' already; keep one of the two"
        }
        if key == "jitter", maker == "date" { return "a date has no jitter" }
        return nil
    }

    mutating func set(_ key: String, _ value: String) {
        let index =
            arguments.firstIndex { argument in
                guard let label = argument.label else { return false }
                return Self.last.contains(label) || (key == "in" && label == "jitter")
            } ?? arguments.endIndex
        arguments.insert((key, value), at: index)
    }

    var description: String {
        let list = arguments.map { argument in argument.label.map { "\($0): \(argument.value)" } ?? argument.value }
        return "\(called)(\(list.joined(separator: ", ")))"
    }
}
#endif
