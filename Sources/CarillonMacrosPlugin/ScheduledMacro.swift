#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@Scheduled`: leaves a record of the job in a section of the program, where the scheduler finds it. A method of a
/// group has no record, since it needs an instance: `@JobGroup` lists it.
struct ScheduledMacro: PeerMacro {
    static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard let arguments = DecoratedJobArguments(node) else { return [] }
        guard let function = DecoratedFunction(declaration, node, context) else { return [] }
        if let problem = function.problem(allowsMethod: function.isInGroup) ?? ownProblem(function) {
            context.diagnose(problem)
            return []
        }
        for finding in arguments.findings { context.diagnose(finding) }
        guard arguments.isValid, isNamedWell(function, arguments, context), function.place != .method else { return [] }
        let job = arguments.job(
            function, function.suspends ? "suspending" : "blocking", function.reference, in: context)
        return [SectionRecord.declaration(of: job, isStatic: function.place == .staticMember, in: context)]
    }

    /// Returns why the function cannot be called without arguments.
    private static func ownProblem(_ function: DecoratedFunction) -> Diagnostic? {
        let parameters = function.parameters
        if let parameter = parameters.first(where: { !$0.isContext }) ?? parameters.dropFirst().first {
            return Finding.error(
                "a scheduled function takes no argument, or the 'TaskContext' of its run; '@JobTask' makes jobs with arguments",
                at: parameter)
        }
        if let result = function.result {
            return Finding.error("a scheduled function returns nothing: nobody would see the result", at: result)
        }
        return nil
    }

    /// Whether several decorations of one function each have an id of their own.
    private static func isNamedWell(
        _ function: DecoratedFunction, _ arguments: DecoratedJobArguments, _ context: some MacroExpansionContext
    ) -> Bool {
        let all = function.decorations(named: "Scheduled")
        guard all.count > 1 else { return true }
        guard let id = arguments.id else {
            let index = all.firstIndex { $0.trimmedDescription == arguments.node.trimmedDescription } ?? 0
            context.diagnose(
                Finding.error(
                    "a function with several decorations needs an id in each", at: arguments.node,
                    fix: Fix(
                        "give it an id", insert: "id: \"\(function.name) \(index + 1)\", ", before: arguments.trigger)))
            return false
        }
        let ids = all.compactMap { DecoratedJobArguments($0)?.id?.trimmedDescription }
        guard ids.count(where: { $0 == id.trimmedDescription }) > 1 else { return true }
        context.diagnose(
            Finding.error("another decoration of the function has the id \(id.trimmedDescription)", at: id))
        return false
    }
}
#endif
