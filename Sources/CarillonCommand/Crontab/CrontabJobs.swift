import Carillon
import CarillonTriggers

/// Makes jobs of the lines of a crontab.
struct CrontabJobs {
    /// What every id begins with.
    let prefix: String
    let policies: JobPolicies

    /// A job for each line, in order.
    ///
    /// - Throws: `CommandFailure` with `badInput` where the prefix makes an id that is none.
    func entries(_ lines: [CrontabLine]) throws(CommandFailure) -> [JobExport.Entry] {
        var counts: [String: Int] = [:]
        var entries: [JobExport.Entry] = []
        for line in lines {
            let name = name(of: line)
            counts[name, default: 0] += 1
            let count = counts[name] ?? 1
            do throws(CarillonError) {
                let definition = JobDefinition(
                    task: try TaskName("shell"),
                    arguments: Array(arguments(of: line).description.utf8),
                    trigger: line.trigger,
                    policies: policies,
                    tags: ["crontab"]
                )
                let id = try JobID(count == 1 ? name : "\(name)-\(count)")
                entries.append(JobExport.Entry(id: id, definition: definition))
            } catch {
                throw CommandFailure(.badInput, "line \(line.number): \(error)")
            }
        }
        return entries
    }

    /// The first word of the command without its folders, and what tells the same word of other lines apart: a hash of
    /// user and command. The times are not in it, so that a line whose times are changed stays the same job.
    private func name(of line: CrontabLine) -> String {
        let word = line.command.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        let program = word.split(separator: "/").last.map(String.init) ?? ""
        let plain = program.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }.prefix(40)
        let hash = Self.hash("\(line.user ?? "")\u{0}\(line.command)\u{0}\(line.input ?? "")")
        return "\(prefix)\(plain.isEmpty ? "command" : plain)-\(hash)"
    }

    /// FNV-1a in 32 bits, the same on every machine and in every version, as eight digits.
    private static func hash(_ text: String) -> String {
        let hash = text.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// The arguments of the task `shell`. `SHELL` chooses the shell, and a command begins in `HOME`, as with cron.
    private func arguments(of line: CrontabLine) -> JSONValue {
        let variables = line.environment
        func value(_ name: String) -> String? { variables.last { $0.name == name }?.value }
        var form: [JSONValue.Member] = []
        if let shell = value("SHELL"), shell != "/bin/sh", !shell.isEmpty {
            form.append(
                JSONValue.Member("command", .array([.string(shell), .string("-c"), .string(line.command)])))
        } else {
            form.append(JSONValue.Member("command", .string(line.command)))
        }
        if let home = value("HOME"), !home.isEmpty {
            form.append(JSONValue.Member("working_directory", .string(home)))
        }
        if !variables.isEmpty {
            form.append(
                JSONValue.Member(
                    "environment", .object(variables.map { JSONValue.Member($0.name, .string($0.value)) })))
        }
        if let user = line.user { form.append(JSONValue.Member("user", .string(user))) }
        if let input = line.input { form.append(JSONValue.Member("stdin", .string(input))) }
        return .object(form)
    }
}
