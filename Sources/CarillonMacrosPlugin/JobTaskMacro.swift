#if Macros
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@JobTask`: a handle of a function, with a type of its arguments, and a record that registers it.
struct JobTaskMacro: PeerMacro {
    /// Lines are placed so that the compiler's complaints of parameters stand where these do.
    static let formatMode = FormatMode.disabled

    static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard let function = DecoratedFunction(declaration, node, context) else { return [] }
        if let problem = function.problem(allowsMethod: false) {
            context.diagnose(problem)
            return []
        }
        let renamed = renamings(node, of: function, context)
        guard let renamed else { return [] }
        let stored = function.storedParameters.map { TaskParameter($0, renamed: renamed) }
        let problems = stored.compactMap(\.problem)
        for problem in problems { context.diagnose(problem) }
        guard problems.isEmpty else { return [] }
        let name = name(node, of: function, context)
        return [
            SectionRecord.declaration(
                of: task(function, name, stored, context), isStatic: function.place == .staticMember, in: context),
            handle(function, name, stored, context),
        ]
    }

    /// Returns the text that stores know the task by, as an expression.
    private static func name(
        _ node: AttributeSyntax, of function: DecoratedFunction, _ context: some MacroExpansionContext
    ) -> String {
        if case .argumentList(let list)? = node.arguments,
            let given = list.first(where: { $0.label == nil })?.expression, !given.is(NilLiteralExprSyntax.self)
        {
            return given.trimmedDescription
        }
        let file = context.location(of: node)?.file.description ?? "#fileID"
        return "Swift.String(\(file).prefix { $0 != \"/\" }) + \".\(function.path)\""
    }

    /// Returns the present names of parameters by their former ones; `nil`, after it has told the compiler, if one is
    /// wrong.
    private static func renamings(
        _ node: AttributeSyntax, of function: DecoratedFunction, _ context: some MacroExpansionContext
    ) -> [String: String]? {
        guard case .argumentList(let list)? = node.arguments,
            let given = list.first(where: { $0.label?.text == "renamed" })?.expression
        else { return [:] }
        guard let pairs = given.as(DictionaryExprSyntax.self)?.content.as(DictionaryElementListSyntax.self) else {
            if given.trimmedDescription == "[:]" { return [:] }
            context.diagnose(Finding.error("write the names out, as in '[\"addressee\": \"recipient\"]'", at: given))
            return nil
        }
        let names = function.storedParameters.map { TaskParameter($0, renamed: [:]).name }
        var renamed: [String: String] = [:]
        for pair in pairs {
            guard let former = pair.key.text,
                let present = pair.value.text
            else {
                context.diagnose(Finding.error("write the names out, as in '[\"addressee\": \"recipient\"]'", at: pair))
                return nil
            }
            guard names.contains(present) else {
                let list = names.map { "'\($0)'" }.joined(separator: ", ")
                context.diagnose(
                    Finding.error(
                        "no parameter is called '\(present)'; there are \(list.isEmpty ? "none" : list)", at: pair.value
                    ))
                return nil
            }
            guard !names.contains(former) else {
                context.diagnose(
                    Finding.error("'\(former)' is the name of a parameter, not a former one", at: pair.key))
                return nil
            }
            renamed[former] = present
        }
        return renamed
    }

    /// Returns the expression that creates the task.
    private static func task(
        _ function: DecoratedFunction, _ name: String, _ stored: [TaskParameter], _ context: some MacroExpansionContext
    ) -> String {
        var left = stored[...]
        let arguments = function.parameters.map { parameter in
            guard !parameter.isContext, let next = left.popFirst() else {
                return parameter.firstName.text == "_" ? "context" : "\(parameter.firstName.plainText): context"
            }
            return next.passed("arguments.\(next.name)")
        }
        let takesContext = function.parameters.contains(where: \.isContext)
        let place = context.location(of: function.declaration.funcKeyword)
        let values = stored.isEmpty ? "_" : "arguments"
        return """
            Carillon.DecoratedTask(
                named: \(function.handle).taskName, file: \(place?.file.description ?? "#fileID"),
                line: \(place?.line.description ?? "#line"), \(function.suspends ? "suspending" : "blocking"): {
                    (\(values): \(function.handle).Arguments, \(takesContext ? "context" : "_"): Carillon.TaskContext)
                        -> \(function.result?.trimmedDescription ?? "Swift.Void") in
                    \(function.effects)\(function.declaration.name.text)(\(arguments.joined(separator: ", ")))
                })
            """
    }

    /// Returns the handle, a type that has the arguments and makes jobs.
    private static func handle(
        _ function: DecoratedFunction, _ name: String, _ stored: [TaskParameter], _ context: some MacroExpansionContext
    ) -> DeclSyntax {
        let access = function.declaration.modifiers.access
        let own = function.declaration.modifiers.first { ["private", "fileprivate"].contains($0.name.text) }
        var keys = stored.indices.map { stored[$0].key("key\($0)", in: context) }
        if let result = function.result {
            keys.append(
                PlacedMember("result", "CarillonMacros.TaskArguments", "result(\(result.trimmed).self)")
                    .declaration(at: result, in: context))
        }
        let properties = stored.map { "\(access)var `\($0.name)`: \($0.type)" }
        let read = stored.indices.map { index in
            let value = stored[index].defaultValue.map { ", default: \($0)" } ?? ""
            return "self.\(stored[index].name) = try stored.value(Self.key\(index)\(value))"
        }
        let written = stored.indices.map { "try written.set(Self.key\($0), self.\(stored[$0].name))" }
        let parameters = stored.map(\.declaration)
        let job =
            ["id: Carillon.JobID? = nil"] + parameters
            + ["trigger: CarillonTriggers.Trigger? = nil", "_ jobOptions: Carillon.JobOptions = Carillon.JobOptions()"]
        let passed = stored.map { $0.passed($0.localName) }
        return """
            /// Makes jobs of `\(raw: function.name)`.
            \(raw: own.map { "\($0.name.text) " } ?? access)enum \(raw: function.handle) {
                /// The name that jobs refer to the task by.
                \(raw: access)static let taskName: Swift.String = \(raw: name)

                /// The arguments of `\(raw: function.name)`.
                // The compiler cannot tell that the types are 'Sendable' of a type that is not: that each is, the keys
                // ask.
                \(raw: access)struct Arguments: Swift.Codable, @unchecked Swift.Sendable {
                    \(raw: properties.joined(separator: "\n"))

                    /// Creates arguments.
                    \(raw: access)init(\(raw: parameters.joined(separator: ", "))) {
                        \(raw: stored.map { "self.\($0.name) = \($0.localName)" }.joined(separator: "\n"))
                    }

                    /// Reads stored arguments; what is missing has its default.
                    \(raw: access)init(from decoder: any Swift.Decoder) throws {
                        \(raw: stored.isEmpty ? "" : "let stored = try CarillonMacros.StoredArguments(decoder)")
                        \(raw: read.joined(separator: "\n"))
                    }

                    /// Writes all arguments, by the parameters' labels.
                    \(raw: access)func encode(to encoder: any Swift.Encoder) throws {
                        \(raw: stored.isEmpty ? "_ = CarillonMacros.WrittenArguments(encoder)" : "var written = CarillonMacros.WrittenArguments(encoder)")
                        \(raw: written.joined(separator: "\n"))
                    }

            \(raw: keys.joined(separator: "\n"))
                }

                /// Returns a job of `\(raw: function.name)`, for `Scheduler.add`.
                \(raw: access)static func job(\(raw: job.joined(separator: ", "))) -> CarillonMacros.TaskJob<Arguments> {
                    CarillonMacros.TaskJob(
                        id: id, task: Self.taskName, arguments: Arguments(\(raw: passed.joined(separator: ", "))), trigger: trigger,
                        options: jobOptions)
                }
            }
            """
    }
}

extension DecoratedFunction {
    /// Its parameters but the context.
    fileprivate var storedParameters: [FunctionParameterSyntax] {
        // Parameters of a list that is filtered at once have no place in the file.
        parameters.lazy.filter { !$0.isContext }.map { $0 }
    }

    /// The name of its handle.
    fileprivate var handle: String { "$" + name }
}
#endif
