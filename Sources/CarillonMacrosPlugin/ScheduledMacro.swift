#if Macros
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@Scheduled`: leaves a record of the job in a section of the program, where the scheduler finds it.
struct ScheduledMacro: PeerMacro {
    /// Labels that set a policy of the job; all others, but the id's, set an option.
    private static let policies: Set<String> = [
        "misfireGrace", "coalesce", "maxInstances", "atLimit", "retry", "timeout", "recovery", "priority", "history",
    ]

    static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard case .argumentList(let arguments)? = node.arguments else { return [] }
        guard let function = DecoratedFunction(declaration, node, context) else { return [] }
        guard let trigger = arguments.first(where: { $0.label == nil })?.expression else { return [] }
        let check = TriggerLiteralCheck(trigger)
        for finding in check.findings { context.diagnose(finding) }
        guard check.isValid, isNamedWell(function, arguments, node, context) else { return [] }

        let id = arguments.first { $0.label?.text == "id" }?.expression ?? "\(literal: function.name)"
        let settings = arguments.compactMap { argument -> String? in
            guard let label = argument.label?.text, label != "id" else { return nil }
            return "\(policies.contains(label) ? "$1" : "$0").\(label) = \(argument.expression.trimmed)"
        }
        let options = settings.isEmpty ? "_, _ in" : settings.joined(separator: "; ")
        let record = context.makeUniqueName("decoration")
        let line = context.location(of: node)
        return [
            """
            #if canImport(Darwin)
            @section("__DATA,carillon_jobs")
            #else
            @section("carillon_jobs")
            #endif
            @used
            \(raw: function.isStatic ? "static " : "")let \(record): @convention(c) (UnsafeMutableRawPointer) -> Void = {
                \(raw: call(function, id: id, trigger: trigger, options: options, line))
            }
            """
        ]
    }

    private static func call(
        _ function: DecoratedFunction, id: ExprSyntax, trigger: ExprSyntax, options: String,
        _ location: AbstractSourceLocation?
    ) -> String {
        """
        Carillon.DecorationCollector.declare(
            into: $0, id: \(id.trimmed), task: "\(function.path)", file: \(location?.file.description ?? "#fileID"),
            line: \(location?.line.description ?? "#line"), trigger: { try (\(trigger.trimmed)) as CarillonTriggers.Trigger },
            options: { \(options) }, \(function.suspends ? "suspending" : "blocking"): \(function.reference))
        """
    }

    /// Whether several decorations of one function each have an id of their own.
    private static func isNamedWell(
        _ function: DecoratedFunction, _ arguments: LabeledExprListSyntax, _ node: AttributeSyntax,
        _ context: some MacroExpansionContext
    ) -> Bool {
        guard function.decorations.count > 1 else { return true }
        guard let id = arguments.first(where: { $0.label?.text == "id" })?.expression else {
            context.diagnose(
                Finding.error(
                    "a function with several decorations needs an id in each, as in '@Scheduled(id: \"\(function.name) hourly\", …)'",
                    at: node))
            return false
        }
        let ids = function.decorations.compactMap { decoration -> String? in
            guard case .argumentList(let list)? = decoration.arguments else { return nil }
            return list.first { $0.label?.text == "id" }?.expression.trimmedDescription
        }
        guard ids.count(where: { $0 == id.trimmedDescription }) > 1 else { return true }
        context.diagnose(Finding.error("another decoration of the function has the id \(id.trimmedDescription)", at: id))
        return false
    }
}
#endif
