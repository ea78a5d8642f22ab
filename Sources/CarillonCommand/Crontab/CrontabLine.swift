#if Command
import CarillonTriggers

/// One line of a crontab that says when to run something.
struct CrontabLine {
    /// The line's number, from 1.
    let number: Int
    /// The five fields or the macro, as written.
    let schedule: String
    let trigger: Trigger
    /// The zone of the times, as the file or the command line names it.
    let zone: String
    /// Who it runs as, in a system's crontab.
    let user: String?
    /// What the shell gets, with percent signs read.
    let command: String
    /// What it reads, where there is a percent sign.
    let input: String?
    /// The environment that has been set above it, in order.
    let environment: [(name: String, value: String)]
}

/// What is wrong in a crontab, and where.
struct CrontabProblem {
    let line: Int
    /// From 1, in characters.
    let column: Int
    let message: String
}

/// Reads a crontab as cron(8) does.
///
/// Sources: crontab(5) of Vixie cron and of cronie for comments, environment, percent signs, the user's column and
/// `CRON_TZ`.
struct CrontabFile {
    /// Whether a user stands before each command.
    let isSystem: Bool
    /// The zone of lines before any `CRON_TZ`.
    let zone: Zone

    private(set) var lines: [CrontabLine] = []
    private(set) var problems: [CrontabProblem] = []
    /// What was understood and has no effect, by line.
    private(set) var remarks: [(line: Int, text: String)] = []
    private var environment: [(name: String, value: String)] = []
    private var currentZone: Zone

    /// Lines that are left out: `@reboot` names no time.
    private(set) var skipped: [(line: Int, text: String)] = []

    /// Settings for the mail that cron sends, which mean nothing to a command.
    private static let mailSettings = ["MAILTO", "MAILFROM", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING"]

    /// Settings of some crons that the times of jobs depend on, and what does the same here. Other crons hand them to the
    /// commands, and so does the import.
    ///
    /// Sources: crontab(5) of cronie and of systemd-cron.
    private static let timeSettings = [
        "RANDOM_DELAY": "for a random delay give the trigger a jitter",
        "START_HOURS_RANGE": "name the hours in the trigger",
        "PERSISTENT": "a job that was due while no server ran always runs late; --misfire-grace-time limits that",
        "DELAY": "no job waits after the start of the machine",
        "BATCH": "'nice' and 'ionice' in the command lower its priority",
    ]

    init(_ text: String, isSystem: Bool, zone: Zone) {
        self.isSystem = isSystem
        self.zone = zone
        currentZone = zone
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            read(line, index + 1)
        }
    }

    private mutating func read(_ line: Substring, _ number: Int) {
        let start = line.drop(while: \.isBlank)
        guard let first = start.first, first != "#" else { return }
        func column(_ index: String.Index) -> Int { line.distance(from: line.startIndex, to: index) + 1 }
        if let setting = Self.setting(start) { return set(setting, number, column(start.startIndex)) }
        var rest = start
        let count = first == "@" ? 1 : 5
        for _ in 0..<count { rest = rest.drop(while: \.isBlank).drop { !$0.isBlank } }
        // The blanks between fields may change without the times changing.
        let schedule = start[..<rest.startIndex].split(whereSeparator: \.isBlank).joined(separator: " ")
        rest = rest.drop(while: \.isBlank)
        if schedule.lowercased() == "@reboot" {
            let advice = "start such a command with the server, or by the system's own means"
            return skipped.append((number, "left out: '@reboot' names no time; \(advice)"))
        }
        let words = start.split(whereSeparator: \.isBlank)
        if first != "@", words.count < count {
            let next = isSystem ? "the user and the command" : "the command"
            return report(
                number, column(start.startIndex),
                "'\(schedule)' has \(EnglishText.count(words.count, "word")); a line has 5 fields (minute hour day month "
                    + "weekday) or a macro such as @daily, and then \(next)")
        }
        var user: String?
        let trigger: Trigger
        do throws(TriggerError) {
            trigger = try Trigger.crontab(schedule, in: currentZone)
        } catch {
            return report(number, column(Self.place(of: error, in: start)), error.description)
        }
        if isSystem {
            user = String(rest.prefix { !$0.isBlank })
            rest = rest.drop { !$0.isBlank }.drop(while: \.isBlank)
        }
        guard !rest.isEmpty else {
            let missing = isSystem ? "the user or the command is missing" : "the command is missing"
            return report(number, column(rest.startIndex), "\(missing) behind '\(schedule)'")
        }
        let (command, input) = Self.parts(of: rest.withoutBlanksAtEnd)
        guard !command.allSatisfy(\.isWhitespace) else {
            return report(number, column(rest.startIndex), "the command is empty")
        }
        guard !command.utf8.contains(0) else {
            return report(number, column(rest.startIndex), "the command has a NUL in it")
        }
        lines.append(
            CrontabLine(
                number: number, schedule: schedule, trigger: trigger, zone: currentZone.identifier, user: user,
                command: command, input: input, environment: environment))
    }

    private mutating func set(_ setting: (name: String, value: String), _ number: Int, _ column: Int) {
        switch setting.name {
        case "CRON_TZ":
            do throws(TriggerError) {
                currentZone = setting.value.isEmpty ? zone : try Zone(named: setting.value, field: "CRON_TZ")
            } catch {
                report(number, column, error.description)
            }
        case let name where Self.mailSettings.contains(name):
            remarks.append((number, "\(name) has no effect here: the output of a command is kept with its run"))
        default:
            if let advice = Self.timeSettings[setting.name] {
                remarks.append((number, "\(setting.name) is only a variable of the commands here: \(advice)"))
            }
            if setting.name == "TZ" {
                remarks.append((number, "TZ is for the commands alone, as cron has it; CRON_TZ moves their times"))
            }
            environment.removeAll { $0.name == setting.name }
            environment.append(setting)
        }
    }

    private mutating func report(_ line: Int, _ column: Int, _ message: String) {
        problems.append(CrontabProblem(line: line, column: column, message: message))
    }

    /// `NAME = value`, either of them in quotes; nothing where the line is another one.
    private static func setting(_ line: Substring) -> (name: String, value: String)? {
        var rest = line
        let name: Substring
        if let quote = rest.first, quote == "\"" || quote == "'" {
            name = rest.dropFirst().prefix { $0 != quote }
            rest = rest[name.endIndex...].dropFirst()
        } else {
            name = rest.prefix { !$0.isBlank && $0 != "=" }
            rest = rest[name.endIndex...]
        }
        rest = rest.drop(while: \.isBlank)
        guard !name.isEmpty, rest.first == "=" else { return nil }
        rest = rest.dropFirst().drop(while: \.isBlank)
        rest = rest.withoutBlanksAtEnd
        if rest.count > 1, let quote = rest.first, quote == "\"" || quote == "'", rest.last == quote {
            rest = rest.dropFirst().dropLast()
        }
        return (String(name), String(rest))
    }

    /// A percent sign ends the command; what follows is its input, in which each further one is a line end. A backslash
    /// before it takes that away.
    private static func parts(of text: Substring) -> (command: String, input: String?) {
        var parts = [""]
        var isEscaped = false
        for character in text {
            switch character {
            case "%" where isEscaped:
                parts[parts.count - 1].removeLast()
                parts[parts.count - 1].append(character)
            case "%": parts.append("")
            default: parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\"
        }
        let input = parts.dropFirst()
        return (parts.first ?? "", input.isEmpty ? nil : input.joined(separator: "\n") + "\n")
    }

    /// Where the field stands that an error is about.
    private static func place(of error: TriggerError, in line: Substring) -> String.Index {
        let names = ["minute", "hour", "day", "month", "day_of_week"]
        let field = error.field.split(separator: ".").last.map(String.init) ?? ""
        var rest = line
        for name in names {
            rest = rest.drop(while: \.isBlank)
            if name == field { return rest.startIndex }
            rest = rest.drop { !$0.isBlank }
        }
        return line.startIndex
    }
}

extension Substring {
    /// Without blanks and tabs at the end, save one that a backslash makes part of the last word.
    fileprivate var withoutBlanksAtEnd: Substring {
        var text = self
        while text.last?.isBlank == true { text = text.dropLast() }
        return text.last == "\\" ? self : text
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}
#endif
