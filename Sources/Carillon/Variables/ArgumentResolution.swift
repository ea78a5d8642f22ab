import CarillonTriggers
import Foundation

/// The completion of a run's arguments when it begins: variables are replaced, and files of secrets are read.
///
/// In the JSON of stored arguments, `{"${}": "${NAME}"}` stands for the variable's value as a JSON number, Boolean or
/// `null`, and as text otherwise. That is how a value without quotes is kept.
package struct ArgumentResolution: Sendable {
    /// The key of an object that stands for a value of any type.
    package static let anyValueKey = "${}"
    /// The key of the files of variables.
    package static let environmentFileKey = "environment_file"
    private static let fileSuffix = "_file"

    private enum Mode {
        /// For a run: every variable and file must exist, and a file of variables for which the function returns a
        /// reason is refused.
        case run((String) -> String?)
        /// For a check whether arguments can be valid: the sample stands for unknown values.
        case check(sample: String)
    }

    /// The samples that are tried for unknown values.
    private static let samples = ["1", "https://sample.invalid", "http"]

    private let secretKeys: Set<String>
    private let putsInVariables: Bool
    /// Whether files are read: only for jobs of a configuration file, since other jobs may come from anyone.
    private let readsFiles: Bool
    /// The folder of relative paths; `nil` if the job has none.
    private let folder: String?

    /// Creates the resolution for a job and its task's secret keys.
    package init(of job: JobDefinition, secretKeys: Set<String>) {
        self.secretKeys = secretKeys
        putsInVariables = job.policies.resolvesVariables
        readsFiles = job.origin != nil && !secretKeys.isEmpty
        folder = job.origin.flatMap { origin in
            origin.hasPrefix("/") ? origin.lastIndex(of: "/").map { String(origin[..<$0]) } : nil
        }
    }

    /// Whether arguments have to be completed.
    package func isNeeded(for arguments: [UInt8]) -> Bool {
        guard arguments.count > 2, putsInVariables || !secretKeys.isEmpty else { return false }
        return putsInVariables && arguments.contains("${") || mentionsFiles(arguments)
    }

    /// Whether completing arguments reads files, which needs a thread of its own.
    func readsFiles(for arguments: [UInt8]) -> Bool { readsFiles && mentionsFiles(arguments) }

    private func mentionsFiles(_ arguments: [UInt8]) -> Bool {
        !secretKeys.isEmpty && arguments.contains("\(Self.fileSuffix)\"")
    }

    /// Returns the arguments that the task is given.
    ///
    /// - Parameter refusal: Returns why a file of variables must not be read, by its path; `nil` if it may be.
    /// - Throws: `CarillonError` with `unresolvedArguments`, naming the variable or the file, or with
    ///   `invalidArguments`.
    func resolved(
        _ arguments: [UInt8], _ environment: [String: String], _ refusal: @escaping (String) -> String?
    ) throws(CarillonError) -> (arguments: [UInt8], variables: RunVariables) {
        var step = Step(environment: environment, mode: .run(refusal))
        return try resolved(arguments, &step)
    }

    /// Returns the paths of the files of variables that arguments name, as far as they are known.
    package func variableFiles(of arguments: [UInt8], _ environment: [String: String]) -> [String] {
        guard readsFiles(for: arguments), let value = try? JSONReader.value(of: arguments),
            let names = value[Self.environmentFileKey]
        else { return [] }
        var step = Step(environment: environment, mode: .run { _ in nil })
        return Self.names(names).compactMap { name in
            guard let name else { return nil }
            return try? path(name, Self.environmentFileKey, &step)
        }
    }

    /// Returns the file names in a value, each `nil` if it is not a valid one.
    private static func names(_ value: JSONValue) -> [String?] {
        var names = [value]
        if case .array(let several) = value { names = several }
        return names.map { name in
            if case .string(let text) = name, !text.isEmpty { text } else { nil }
        }
    }

    /// Checks that a task accepts arguments. Unset variables and files are not known yet: a sample that fits is enough.
    ///
    /// - Parameter check: Throws if the task does not accept the arguments.
    package func check(
        _ arguments: [UInt8], _ environment: [String: String], _ check: ([UInt8]) throws(CarillonError) -> Void
    ) throws(CarillonError) {
        guard isNeeded(for: arguments) else { return try check(arguments) }
        var first: CarillonError?
        for sample in Self.samples {
            var step = Step(environment: environment, mode: .check(sample: sample))
            let (complete, variables) = try resolved(arguments, &step)
            do throws(CarillonError) {
                return try check(complete)
            } catch {
                first = first ?? CarillonError(error.code, variables.mask.masked(error.reason))
                if !step.hasSamples { break }
            }
        }
        if let first { throw first }
    }

    // MARK: One completion

    private struct Step {
        var environment: [String: String]
        let mode: Mode
        var secrets: Set<String> = []
        var uses: [Substitution.Use] = []
        /// Whether a sample stands for an unknown value.
        var hasSamples = false
    }

    private func resolved(
        _ arguments: [UInt8], _ step: inout Step
    ) throws(CarillonError) -> (arguments: [UInt8], variables: RunVariables) {
        var variables = RunVariables()
        guard isNeeded(for: arguments), let value = try? JSONReader.value(of: arguments),
            case .object(var members) = value
        else { return (arguments, variables) }
        if !secretKeys.isEmpty, let index = members.firstIndex(where: { $0.key == Self.environmentFileKey }) {
            variables.fromFiles = try variablesOfFiles(members.remove(at: index).value, &step)
            step.secrets.formUnion(variables.fromFiles.values)
            step.environment.merge(variables.fromFiles) { _, new in new }
        }
        let complete = try completed(.object(members), [], &step)
        variables.names = Set(step.uses.map(\.name))
        variables.mask = SecretMask(step.secrets.union(step.uses.map(\.value)))
        return (complete.bytes, variables)
    }

    private func completed(
        _ value: JSONValue, _ path: [String], _ step: inout Step
    ) throws(CarillonError) -> JSONValue {
        switch value {
        case .string(let text): return .string(try self.text(text, path, &step))
        case .array(let elements):
            var complete: [JSONValue] = []
            for element in elements { complete.append(try completed(element, path, &step)) }
            return .array(complete)
        case .object(let members):
            if putsInVariables, members.count == 1, let only = members.first, only.key == Self.anyValueKey,
                case .string(let text) = only.value
            {
                return Self.anyValue(try self.text(text, path, &step))
            }
            var complete: [JSONValue.Member] = []
            for member in members {
                if let key = secretKey(ofFile: member.key, path) {
                    let name = (path + [key]).joined(separator: ".")
                    if members.contains(where: { $0.key == key }) {
                        throw CarillonError(
                            .invalidArguments, "'\(member.key)' says what '\(key)' says; keep one of them")
                    }
                    let text = try secret(in: member.value, name, &step)
                    complete.append(JSONValue.Member(key, .string(text)))
                } else {
                    complete.append(
                        JSONValue.Member(member.key, try completed(member.value, path + [member.key], &step)))
                }
            }
            return .object(complete)
        default: return value
        }
    }

    /// Returns the value of a text without quotes: the JSON number, Boolean or `null` that it is (`null` if it is
    /// empty), and the text otherwise.
    private static func anyValue(_ text: String) -> JSONValue {
        if text.isEmpty { return .null }
        switch try? JSONReader.value(of: Array(text.utf8)) {
        case nil, .string, .array, .object: return .string(text)
        case let value?: return value
        }
    }

    private func text(_ text: String, _ path: [String], _ step: inout Step) throws(CarillonError) -> String {
        guard putsInVariables, Substitution.isNeeded(text) else { return text }
        do throws(Substitution.Failure) {
            let substitution = Substitution(environment: step.environment)
            guard case .check(let sample) = step.mode else { return try substitution.apply(to: text, uses: &step.uses) }
            let names = Substitution.names(in: text)
            step.hasSamples = step.hasSamples || !names.allSatisfy { substitution.environment[$0] != nil }
            return try substitution.apply(to: text, uses: &step.uses, sample: sample)
        } catch {
            let key = path.isEmpty ? "" : "'\(path.joined(separator: "."))': "
            throw CarillonError(error.missing == nil ? .invalidArguments : .unresolvedArguments, key + error.message)
        }
    }

    /// Returns the key whose value the file under another key holds; `nil` if that is no such key.
    private func secretKey(ofFile key: String, _ path: [String]) -> String? {
        guard key.hasSuffix(Self.fileSuffix) else { return nil }
        let plain = String(key.dropLast(Self.fileSuffix.count))
        let names = [(path + [plain]).joined(separator: "."), (path + ["*"]).joined(separator: ".")]
        return !plain.isEmpty && names.contains(where: secretKeys.contains) ? plain : nil
    }

    private func secret(in value: JSONValue, _ key: String, _ step: inout Step) throws(CarillonError) -> String {
        guard case .string(let name) = value, !name.isEmpty else {
            throw CarillonError(.invalidArguments, "'\(key)\(Self.fileSuffix)' must be the path of a file")
        }
        let path = try self.path(name, "\(key)\(Self.fileSuffix)", &step)
        if case .check(let sample) = step.mode {
            step.hasSamples = true
            return sample
        }
        var text = try SecretFile.text(path, named: name)
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        guard !text.isEmpty else { throw CarillonError(.unresolvedArguments, "the file '\(name)' is empty") }
        step.secrets.insert(text)
        return text
    }

    private func variablesOfFiles(
        _ value: JSONValue, _ step: inout Step
    ) throws(CarillonError) -> [String: String] {
        var variables: [String: String] = [:]
        for name in Self.names(value) {
            guard let name else {
                throw CarillonError(
                    .invalidArguments, "'\(Self.environmentFileKey)' must be the path of a file, or a list of paths")
            }
            let path = try self.path(name, Self.environmentFileKey, &step)
            switch step.mode {
            case .check:
                step.hasSamples = true
                continue
            case .run(let refusal):
                if let words = refusal(path) { throw CarillonError(.unresolvedArguments, words) }
            }
            let text = try SecretFile.text(path, named: name)
            do throws(VariableFile.Problem) {
                variables.merge(try VariableFile(text).variables) { _, new in new }
            } catch {
                throw CarillonError(.unresolvedArguments, "the file '\(name)', line \(error.line): \(error.message)")
            }
        }
        return variables
    }

    /// Returns the path of a file. The variables in a path are not secrets.
    private func path(_ name: String, _ key: String, _ step: inout Step) throws(CarillonError) -> String {
        guard readsFiles else {
            throw CarillonError(.invalidArguments, "'\(key)' can stand only in a job of a configuration file")
        }
        var own = Step(environment: step.environment, mode: step.mode)
        let path = try text(name, [key], &own)
        return path.hasPrefix("/") ? path : folder.map { "\($0)/\(path)" } ?? path
    }
}

extension [UInt8] {
    /// Whether the bytes contain a text.
    func contains(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        let bytes = Array(text.utf8)
        var rest = self[...]
        while let index = rest.firstIndex(of: first) {
            rest = rest[index...]
            if rest.starts(with: bytes) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}

extension JobDefinition {
    /// Whether the arguments of the job, or those of its task for failed runs, contain `${`.
    package var mentionsVariables: Bool {
        arguments.contains("${") || policies.onFailure?.mentionsVariables ?? false
    }

    /// Returns the variables without which runs of the job fail. Those of a job with a file of variables are not known
    /// in advance.
    package func missingVariables(in environment: [String: String]) -> [String] {
        guard policies.resolvesVariables, mentionsVariables else { return [] }
        var texts: [String] = []
        for value in [try? JSONReader.value(of: arguments), policies.onFailure?.arguments] {
            if value?[ArgumentResolution.environmentFileKey] != nil { return [] }
            _ = value?.mappingStrings { (text) -> String in
                texts.append(text)
                return text
            }
        }
        return Substitution(environment: environment).missing(in: texts)
    }

    /// Escapes `${` in the arguments, so that replacing variables leaves them unchanged.
    package mutating func escapeVariables() {
        arguments = Self.escapingVariables(arguments)
        policies.onFailure?.escapeVariables()
    }

    /// Returns arguments with `${` escaped, so that replacing variables leaves them unchanged.
    package static func escapingVariables(_ arguments: [UInt8]) -> [UInt8] {
        guard arguments.contains("${"), let value = try? JSONReader.value(of: arguments) else { return arguments }
        return value.mappingStrings(Substitution.escaped).bytes
    }
}

extension FailureTask {
    /// Whether the arguments contain `${`.
    package var mentionsVariables: Bool { arguments?.bytes.contains("${") ?? false }

    /// Escapes `${` in the arguments, so that replacing variables leaves them unchanged.
    package mutating func escapeVariables() { arguments = arguments?.mappingStrings(Substitution.escaped) }
}
