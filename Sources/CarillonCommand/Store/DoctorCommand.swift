#if Command
import ArgumentParser
import CarillonTriggers

/// `carillon doctor`.
struct DoctorCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks whether all is well with the configuration, the store and the machine.",
        discussion: """
            With --config and without --store it also checks a configuration where there is no store yet, as on the \
            machine that tests it: a store that is not there is a warning then. --no-store looks at the configuration \
            alone.

            EXAMPLES
              carillon doctor
              carillon doctor --config carillon.yaml --no-store

            EXIT STATUS
              0   nothing is wrong; there may be warnings
              1   something is wrong
              64  --store names no store, or memory, which nobody else can look into
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var form: FormOptions

    @Flag(help: "Look at the configuration alone, and at no store.")
    var noStore = false

    func validate() throws {
        if noStore, store.store != nil { throw ValidationError("--no-store looks at no store: leave out --store") }
    }

    func execute() async throws(CommandFailure) {
        let check = HealthCheck(options: store, looksAtStore: !noStore)
        let findings = Finding.byWeight(try await check.findings())
        if form.json {
            var list = JSONList()
            for finding in findings { try list.append(finding.json) }
            try list.end()
        } else {
            let terminal = Terminal.output
            for finding in findings {
                let word = finding.level.rawValue
                let padding = String(repeating: " ", count: 9 - word.count)
                for (index, line) in finding.text.split(separator: "\n").enumerated() {
                    let head = index == 0 ? terminal.painted(word, finding.level.colour) : ""
                    let gap = index == 0 ? padding : "         "
                    let text = "\(finding.subject): \(String(line).printable)"
                        .wrapped(to: terminal.width, head: 9, indent: 11).joined(separator: "\n")
                    try CommandFailure.say("\(head)\(gap)\(text)")
                }
            }
        }
        let wrong = findings.count { $0.level == .error }
        if wrong > 0 { throw CommandFailure(.refused, "\(wrong) of \(findings.count) checks failed") }
    }
}

/// What one check found.
struct Finding {
    /// What needs attention first comes first.
    enum Level: String, CaseIterable {
        case error, warning, ok

        var colour: Colour {
            switch self {
            case .ok: .green
            case .warning: .yellow
            case .error: .red
            }
        }
    }

    let level: Level
    /// What was looked at, such as `clock`.
    let subject: String
    let text: String

    init(_ level: Level, _ subject: String, _ text: String) {
        self.level = level
        self.subject = subject
        self.text = text
    }

    /// In order of their levels, and as they were found within each.
    static func byWeight(_ findings: [Finding]) -> [Finding] {
        Level.allCases.flatMap { level in findings.filter { $0.level == level } }
    }

    var json: JSONValue {
        var form = JSONForm()
        form.add("check", subject)
        form.add("result", level.rawValue)
        form.add("text", text)
        return form.value
    }
}
#endif
