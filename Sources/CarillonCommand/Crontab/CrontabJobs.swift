#if Command
import Carillon
import CarillonTriggers

/// A line of a crontab as a job.
struct CrontabEntry {
    let line: CrontabLine
    /// The id that it gets where no job of the file is its own yet.
    let newID: String
    let definition: JobDefinition
}

/// Makes jobs of the lines of a crontab.
struct CrontabJobs {
    /// What every id begins with.
    let prefix: String
    /// Whose jobs they are: what the crontab is called.
    let origin: String
    let policies: JobPolicies

    private static let longestSlug = 40

    /// A job for each line, in order.
    func entries(_ lines: [CrontabLine]) -> [CrontabEntry] {
        var entries: [CrontabEntry] = []
        for line in lines {
            let definition = JobDefinition(
                task: TaskName("shell"),
                arguments: arguments(of: line).bytes,
                trigger: line.trigger,
                policies: policies,
                tags: ["crontab"],
                origin: origin
            )
            entries.append(CrontabEntry(line: line, newID: newID(of: line), definition: definition))
        }
        return entries
    }

    /// The programs of the command, for people, and what tells it from other entries, also of other files: a hash of all
    /// that belongs to it but its times, which may change.
    private func newID(of line: CrontabLine) -> String {
        var slug = ""
        for name in CommandPrograms(line.command).names.prefix(3) {
            let longer = slug.isEmpty ? String(name.prefix(Self.longestSlug)) : "\(slug)-\(name)"
            if longer.utf8.count <= Self.longestSlug { slug = longer }
        }
        var parts = [origin, line.user ?? "", line.command, line.input ?? "", line.zone]
        for variable in line.environment { parts += [variable.name, variable.value] }
        return "\(prefix)\(slug.isEmpty ? "command" : slug)-\(Self.hash(parts.joined(separator: "\u{0}")))"
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
#endif
