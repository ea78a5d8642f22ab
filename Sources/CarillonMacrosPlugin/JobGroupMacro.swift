#if Macros
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@JobGroup`: lists the decorated methods of a type.
struct JobGroupMacro: MemberMacro, ExtensionMacro {
    static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        guard isInstantiable(declaration), !protocols.isEmpty else { return [] }
        return [try ExtensionDeclSyntax("extension \(type.trimmed): CarillonMacros.JobGroup {}")]
    }

    static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard isInstantiable(declaration), let named = declaration.asProtocol((any NamedDeclSyntax).self) else {
            context.diagnose(Finding.error("a group of jobs is a struct, a class or an actor", at: node))
            return []
        }
        let scopes = [Syntax(declaration)] + context.lexicalContext
        let functions = declaration.memberBlock.members.compactMap { member in
            member.decl.as(FunctionDeclSyntax.self).map { DecoratedFunction($0, in: scopes) }
        }
        guard areNamedWell(functions, context) else { return [] }
        let jobs = functions.filter { $0.place == .method }.flatMap { methodJobs($0, context) }
        if jobs.isEmpty {
            context.diagnose(
                Finding.warning(
                    "this group has no job: put '@Scheduled(…)' above methods of '\(named.name.text)'", at: node))
        }
        let name = DecoratedFunction.types(scopes).reversed().joined(separator: ".")
        let access = declaration.modifiers.access
        return [
            """
            \(raw: access)nonisolated var groupedJobs: CarillonMacros.GroupedJobs {
                CarillonMacros.GroupedJobs("\(raw: name)", file: \(context.location(of: node)?.file ?? "#fileID"), [
                    \(raw: jobs.joined(separator: ",\n"))
                ])
            }
            """
        ]
    }

    private static func isInstantiable(_ declaration: some DeclGroupSyntax) -> Bool {
        declaration.is(StructDeclSyntax.self) || declaration.is(ClassDeclSyntax.self)
            || declaration.is(ActorDeclSyntax.self)
    }

    /// Returns the expressions that create the jobs of a method. What is wrong with one is told by its decoration.
    private static func methodJobs(_ function: DecoratedFunction, _ context: some MacroExpansionContext) -> [String] {
        guard function.problem(allowsMethod: true) == nil, function.result == nil else { return [] }
        guard function.parameters.allSatisfy(\.isContext), function.parameters.count < 2 else { return [] }
        let argument = function.parameters.first.map { parameter in
            parameter.firstName.text == "_" ? "context" : "\(parameter.firstName.text): context"
        }
        let call = "\(function.effects)self.\(function.declaration.name.text)(\(argument ?? ""))"
        let body = "{ (\(argument == nil ? "_" : "context"): Carillon.TaskContext) in \(call) }"
        return function.decorations(named: "Scheduled").compactMap { node in
            guard let arguments = DecoratedJobArguments(node), arguments.isValid else { return nil }
            return arguments.job(function, function.suspends ? "suspending" : "blocking", body, in: context)
        }
    }

    /// Whether all decorations in the group have ids of their own.
    private static func areNamedWell(_ functions: [DecoratedFunction], _ context: some MacroExpansionContext) -> Bool {
        var owners: [String: String] = [:]
        var isFine = true
        for function in functions {
            for node in function.decorations(named: "Scheduled") {
                guard let arguments = DecoratedJobArguments(node) else { continue }
                let id = arguments.id?.trimmedDescription ?? "\"\(function.name)\""
                guard let owner = owners.updateValue(function.name, forKey: id) else { continue }
                // Two decorations of one function are found by themselves.
                guard owner != function.name else { continue }
                isFine = false
                let place = arguments.id.map { Syntax($0) } ?? Syntax(node)
                context.diagnose(Finding.error("'\(owner)' in this group has the id \(id) already", at: place))
            }
        }
        return isFine
    }
}

extension DeclModifierListSyntax {
    /// The words that make a member visible as far as what has these modifiers.
    var access: String {
        for modifier in self where ["public", "package"].contains(modifier.name.text) {
            return "\(modifier.name.text) "
        }
        return contains { $0.name.text == "open" } ? "public " : ""
    }
}
#endif
