#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// A function that can be a job: at file scope or static, without arguments but the context of its run.
struct DecoratedFunction {
    let name: String
    /// Its name with the types that it is in, outermost first.
    let path: String
    /// How it is referred to beside its declaration.
    let reference: String
    let isStatic: Bool
    /// Whether it is `async`, or belongs to an actor, so that it is called from there.
    let suspends: Bool
    /// All decorations of it.
    let decorations: [AttributeSyntax]

    /// Reads a declaration; `nil`, after it has told the compiler why, if it cannot be a job.
    init?(_ declaration: some DeclSyntaxProtocol, _ node: AttributeSyntax, _ context: some MacroExpansionContext) {
        guard let function = declaration.as(FunctionDeclSyntax.self) else {
            context.diagnose(Finding.error("only a function can be scheduled", at: node))
            return nil
        }
        if let problem = Self.problem(of: function, in: context.lexicalContext) {
            context.diagnose(problem)
            return nil
        }
        name = function.name.text.trimmingBackticks
        path = (Self.types(context.lexicalContext).reversed() + [name]).joined(separator: ".")
        let labels = function.signature.parameterClause.parameters.map { "\($0.firstName.text):" }.joined()
        reference = function.name.text + (labels.isEmpty ? "" : "(\(labels))")
        isStatic = function.isStatic
        suspends = function.signature.effectSpecifiers?.asyncSpecifier != nil || function.isOfActor
        decorations = function.attributes.compactMap { $0.as(AttributeSyntax.self) }
            .filter { $0.attributeName.trimmedDescription == node.attributeName.trimmedDescription }
    }

    private static func problem(of function: FunctionDeclSyntax, in scopes: [Syntax]) -> Diagnostic? {
        if let parameters = function.genericParameterClause {
            return Finding.error("a generic function cannot be scheduled: nothing says for which types it would run", at: parameters)
        }
        if scopes.contains(where: { $0.is(FunctionDeclSyntax.self) || $0.is(ClosureExprSyntax.self) }) {
            return Finding.error("a function inside another one cannot be scheduled; move it to file scope", at: function.name)
        }
        if !scopes.isEmpty && !function.isStatic {
            return Finding.error(
                "a method needs an instance to be called on; make it 'static', or add the job with 'addJob'", at: function.name)
        }
        let isInGeneric = scopes.contains {
            $0.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause != nil
        }
        if isInGeneric {
            return Finding.error(
                "a member of a generic type cannot be scheduled: nothing says for which types it would run", at: function.name)
        }
        let parameters = function.signature.parameterClause.parameters
        if let parameter = parameters.first(where: { !$0.isContext }) ?? parameters.dropFirst().first {
            return Finding.error(
                "a scheduled function takes no argument, or the 'TaskContext' of its run; a job with arguments is added with 'addJob'",
                at: parameter)
        }
        if let result = function.signature.returnClause?.type, !["Void", "()"].contains(result.trimmedDescription) {
            return Finding.error("a scheduled function returns nothing: nobody would see the result", at: result)
        }
        return nil
    }

    private static func types(_ scopes: [Syntax]) -> [String] {
        scopes.compactMap { scope in
            scope.asProtocol((any NamedDeclSyntax).self)?.name.text
                ?? scope.as(ExtensionDeclSyntax.self)?.extendedType.trimmedDescription
        }
    }
}

extension FunctionDeclSyntax {
    fileprivate var isStatic: Bool {
        modifiers.contains { $0.name.tokenKind == .keyword(.static) || $0.name.tokenKind == .keyword(.class) }
    }

    /// Whether an attribute is that of a global actor: attributes of the language begin with a small letter, and those of
    /// macros that are no actor's only make a function that need not suspend one that may.
    fileprivate var isOfActor: Bool {
        attributes.contains { attribute in
            guard let name = attribute.as(AttributeSyntax.self)?.attributeName.trimmedDescription else { return false }
            return name != "Scheduled" && name.split(separator: ".").last?.first?.isUppercase == true
                && !name.hasSuffix(".Scheduled")
        }
    }
}

extension FunctionParameterSyntax {
    fileprivate var isContext: Bool {
        ["TaskContext", "Carillon.TaskContext"].contains(type.trimmedDescription) && ellipsis == nil
    }
}

extension String {
    fileprivate var trimmingBackticks: String { filter { $0 != "`" } }
}
#endif
