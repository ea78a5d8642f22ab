#if Command
import Carillon
import CarillonTriggers
import Foundation

/// What whoever wrote a crontab, or imports it, may not have meant.
struct CrontabWarnings {
    /// By line, of which the first is 1.
    private(set) var list: [(line: Int, text: String)] = []

    /// As many lines are told of.
    private static let limit = 20

    /// - Parameter mayHaveUsers: Whether it is not said that there is a user before each command, nor that there is none.
    init(_ crontab: CrontabFile, mayHaveUsers: Bool, now: Instant) {
        if mayHaveUsers, let line = crontab.lines.first, let user = Self.userBeforeAll(crontab.lines) {
            list.append(
                (
                    line.number,
                    "'\(user)' is a user of this machine, and each line has one before its command: give --system if "
                        + "that is who runs it, as in /etc/crontab, or --no-system if it is a program"
                ))
        }
        let silent: [(line: Int, text: String)] = crontab.lines.compactMap { line in
            SilentTrigger(line.trigger, now: now).map { (line.number, "the line \($0)") }
        }
        add(silent, "never fire")
        let isSilent = Set(silent.map(\.line))
        let remarks = crontab.lines.filter { !isSilent.contains($0.number) }.flatMap { line in
            line.trigger.remarks(after: now).map { (line: line.number, text: $0) }
        }
        add(remarks, "may fire at other times than meant; 'carillon explain' shows them")
    }

    /// Adds what there is to say of lines, as far as people read it.
    private mutating func add(_ found: [(line: Int, text: String)], _ words: String) {
        list += found.prefix(Self.limit)
        guard let next = found.dropFirst(Self.limit).first else { return }
        list.append((next.line, "and \(found.count - Self.limit) lines from here on \(words)"))
    }

    /// The user before the first command, where there is one and something behind it in every line.
    private static func userBeforeAll(_ lines: [CrontabLine]) -> String? {
        var known: [String: Bool] = [:]
        var names: [String] = []
        for line in lines {
            let words = line.command.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
            guard words.count == 2, let name = words.first.map(String.init) else { return nil }
            let isUser = known[name] ?? (getpwnam(name) != nil)
            known[name] = isUser
            guard isUser else { return nil }
            names.append(name)
        }
        return names.first
    }
}
#endif
