#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// A parameter of a task that is stored with its jobs.
struct TaskParameter {
    let syntax: FunctionParameterSyntax
    /// How it is labelled in calls; `_` if it is not.
    let label: String
    /// What it is called in the argument type, and stored by: the label, or the name of a parameter without one.
    let name: String
    /// What it is called inside a function that takes the same.
    let localName: String
    /// The names that older jobs have for it.
    let formerNames: [String]

    init(_ syntax: FunctionParameterSyntax, renamed: [String: String]) {
        self.syntax = syntax
        label = syntax.firstName.plainText
        let name = label == "_" ? (syntax.secondName?.plainText ?? "_") : label
        self.name = name
        let isKeyword = (label == "_" ? syntax.secondName : syntax.firstName)?.text.hasPrefix("`") == true
        localName = isKeyword ? "\(name)Argument" : name
        formerNames = renamed.filter { $0.value == name }.map(\.key).sorted()
    }

    /// Its type, without what says how it is passed.
    var type: TypeSyntax { syntax.type.as(AttributedTypeSyntax.self)?.baseType.trimmed ?? syntax.type.trimmed }

    /// What it has if a stored job lacks it.
    var defaultValue: String? {
        if let value = syntax.defaultValue?.value { return value.trimmedDescription }
        return type.is(OptionalTypeSyntax.self) ? "nil" : nil
    }

    /// How it is written in the parameters of a function that takes the same.
    var declaration: String {
        let value = syntax.defaultValue.map { " = \($0.value.trimmedDescription)" } ?? ""
        return (label == localName ? "" : "\(label) ") + "\(localName): \(type)\(value)"
    }

    /// Returns why it cannot be stored, as far as its syntax tells.
    var problem: Diagnostic? {
        if syntax.ellipsis != nil { return error("a list of arguments of any length cannot be stored; take an array") }
        if name == "_" {
            return error("a parameter without a name cannot be stored; give it one, as in '_ path: String'")
        }
        if ["id", "trigger"].contains(label) {
            return Finding.error(
                "'\(label)' is what a job is given beside its arguments; call the parameter otherwise",
                at: syntax.firstName)
        }
        if let specifiers = syntax.type.as(AttributedTypeSyntax.self)?.specifiers,
            specifiers.contains(where: { $0.trimmedDescription == "inout" })
        {
            return error("an 'inout' parameter cannot be stored")
        }
        switch type.as(TypeSyntaxEnum.self) {
        case .functionType: return error("a function cannot be stored with a job")
        case .tupleType: return error("a tuple cannot be stored with a job; take a struct that is 'Codable'")
        case .someOrAnyType:
            return error("a parameter of a task has a type of its own, which can be stored; '\(type)' is any")
        case .metatypeType: return error("a type cannot be stored with a job")
        default: break
        }
        if ["Any", "AnyObject"].contains(type.trimmedDescription) {
            return error("a parameter of a task has a type of its own, which can be stored; '\(type)' is any")
        }
        return nil
    }

    /// Returns the argument of a call with the same parameters.
    func passed(_ value: String) -> String { label == "_" ? value : "\(label): \(value)" }

    private func error(_ message: String) -> Diagnostic { Finding.error(message, at: syntax.type) }

    /// Returns a member `key` of a type that reads and writes the parameter.
    func key(_ key: String, in context: some MacroExpansionContext) -> String {
        let names = formerNames.isEmpty ? "" : ", \(formerNames)"
        return PlacedMember(key, "CarillonMacros.TaskArguments", "parameter(\(type).self, \"\(name)\"\(names))")
            .declaration(at: syntax.type, in: context)
    }
}

/// A static member whose value is a call, so placed that the compiler's complaint of it stands at a node of the file.
struct PlacedMember {
    private let beginning: String
    private let call: String

    init(_ name: String, _ type: String, _ call: String) {
        beginning = "fileprivate static let \(name) = \(type)"
        self.call = "." + call
    }

    func declaration(at node: some SyntaxProtocol, in context: some MacroExpansionContext) -> String {
        guard let place = context.location(of: node, at: .afterLeadingTrivia, filePathMode: .filePath),
            let line = place.line.as(IntegerLiteralExprSyntax.self).flatMap({ Int($0.literal.text) }), line > 1,
            let column = place.column.as(IntegerLiteralExprSyntax.self).flatMap({ Int($0.literal.text) }), column > 1
        else { return beginning + call }
        return """
            #sourceLocation(file: \(place.file), line: \(line - 1))
            \(beginning)
            \(String(repeating: " ", count: column - 2))\(call)
            #sourceLocation()
            """
    }
}

extension TokenSyntax {
    /// A name without the quotes that keywords have.
    var plainText: String { text.filter { $0 != "`" } }
}
#endif
