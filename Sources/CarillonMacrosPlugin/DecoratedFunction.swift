#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// A function that a decoration stands above, as far as its declaration tells.
struct DecoratedFunction {
    /// What a function can be, by where it stands.
    enum Place { case file, staticMember, method }

    let declaration: FunctionDeclSyntax
    let name: String
    let place: Place
    /// The declarations that it is in, innermost first.
    let scopes: [Syntax]
    /// Whether the type that it is in is a `@JobGroup`.
    let isInGroup: Bool

    init(_ declaration: FunctionDeclSyntax, in scopes: [Syntax]) {
        self.declaration = declaration
        self.scopes = scopes
        name = declaration.name.plainText
        place = scopes.isEmpty ? .file : declaration.isStatic ? .staticMember : .method
        isInGroup =
            scopes.first?.asProtocol((any WithAttributesSyntax).self)?.attributes.names.contains("JobGroup") == true
    }

    /// Reads a declaration; `nil`, after it has told the compiler, if it is not a function.
    init?(_ declaration: some DeclSyntaxProtocol, _ node: AttributeSyntax, _ context: some MacroExpansionContext) {
        guard let function = declaration.as(FunctionDeclSyntax.self) else {
            context.diagnose(Finding.error("only a function can be a job", at: node))
            return nil
        }
        self.init(function, in: context.lexicalContext)
    }

    /// Its name with the types that it is in, outermost first.
    var path: String { (Self.types(scopes).reversed() + [name]).joined(separator: ".") }

    /// The names of types, innermost first.
    static func types(_ scopes: [Syntax]) -> [String] {
        scopes.compactMap { scope in
            scope.asProtocol((any NamedDeclSyntax).self)?.name.plainText
                ?? scope.as(ExtensionDeclSyntax.self)?.extendedType.trimmedDescription
        }
    }

    var parameters: FunctionParameterListSyntax { declaration.signature.parameterClause.parameters }

    /// How it is referred to beside its declaration.
    var reference: String {
        let labels = parameters.map { "\($0.firstName.text):" }.joined()
        return declaration.name.text + (labels.isEmpty ? "" : "(\(labels))")
    }

    var canThrow: Bool { declaration.signature.effectSpecifiers?.throwsClause != nil }

    /// Whether it is `async`, or belongs to an actor, so that it is called from there.
    var suspends: Bool {
        if declaration.signature.effectSpecifiers?.asyncSpecifier != nil { return true }
        if declaration.modifiers.contains(where: { $0.name.tokenKind == .keyword(.nonisolated) }) { return false }
        if declaration.attributes.hasActor { return true }
        guard let type = scopes.first else { return false }
        if type.is(ActorDeclSyntax.self), place == .method { return true }
        return type.asProtocol((any WithAttributesSyntax).self)?.attributes.hasActor == true
    }

    /// What is written before a call of it.
    var effects: String { (canThrow ? "try " : "") + (suspends ? "await " : "") }

    /// What it returns; `nil` if nothing.
    var result: TypeSyntax? {
        guard let type = declaration.signature.returnClause?.type else { return nil }
        return ["Void", "()", "Swift.Void"].contains(type.trimmedDescription) ? nil : type
    }

    /// All decorations of it by one macro.
    func decorations(named name: String) -> [AttributeSyntax] {
        declaration.attributes.compactMap { $0.as(AttributeSyntax.self) }.filter { $0.plainName == name }
    }

    /// Returns why it cannot be a job or a task, wherever its type may be known.
    func problem(allowsMethod: Bool) -> Diagnostic? {
        if let parameters = declaration.genericParameterClause {
            return Finding.error(
                "a generic function cannot be a job: nothing says for which types it would run", at: parameters)
        }
        if scopes.contains(where: { $0.is(FunctionDeclSyntax.self) || $0.is(ClosureExprSyntax.self) }) {
            return Finding.error(
                "a function inside another one cannot be a job; move it to file scope", at: declaration.name)
        }
        if place == .method && !allowsMethod {
            return Finding.error(
                "a method needs an instance to be called on: make it 'static', or put it into a type with '@JobGroup'",
                at: declaration.name,
                fix: Fix("make it 'static'", insert: "static ", before: declaration.funcKeyword))
        }
        let isInGeneric = scopes.contains {
            $0.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause != nil
        }
        if isInGeneric && place != .method {
            return Finding.error(
                "a member of a generic type cannot be a job: nothing says for which types it would run",
                at: declaration.name)
        }
        let mutating = declaration.modifiers.first { $0.name.tokenKind == .keyword(.mutating) }
        if let mutating {
            return Finding.error(
                "a method that changes its instance cannot be a job: each run would change a copy", at: mutating)
        }
        return nil
    }
}

extension FunctionDeclSyntax {
    var isStatic: Bool {
        modifiers.contains { $0.name.tokenKind == .keyword(.static) || $0.name.tokenKind == .keyword(.class) }
    }
}

extension FunctionParameterSyntax {
    /// Whether it is the context of a run.
    var isContext: Bool {
        ["TaskContext", "Carillon.TaskContext"].contains(type.trimmedDescription) && ellipsis == nil
    }
}

extension AttributeSyntax {
    /// Its name without that of a module.
    var plainName: String {
        attributeName.trimmedDescription.split(separator: ".").last.map(String.init) ?? ""
    }
}

extension AttributeListSyntax {
    var names: [String] { compactMap { $0.as(AttributeSyntax.self)?.plainName } }

    /// Whether one is that of a global actor: attributes of the language begin with a small letter, and those of macros
    /// that are no actor's only make a function that need not suspend one that may.
    fileprivate var hasActor: Bool {
        names.contains { !["Scheduled", "JobTask", "JobGroup"].contains($0) && $0.first?.isUppercase == true }
    }
}
#endif
