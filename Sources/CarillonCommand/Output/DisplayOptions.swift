#if Command
import ArgumentParser
import CarillonTriggers
import Foundation

/// How what is found is shown.
struct DisplayOptions: ParsableArguments {
    @Option(
        name: [.long, .customShort("z")],
        help: "The time zone to show times in, such as Europe/Berlin or local. Without it: that of each job.",
        completion: .custom { _, _, _ in ["local"] + ZoneDatabase.system.zoneNames() },
        transform: ViewOptions.zone
    )
    var timezone: Zone?

    @OptionGroup
    var form: FormOptions

    var json: Bool { form.json }
}

/// For whom the answer is.
struct FormOptions: ParsableArguments {
    @Flag(help: "Write JSON for programs; docs/commands.md has the keys.")
    var json = false
}

/// Which part of a long list is shown.
struct PageOptions: ParsableArguments {
    static let mostRows = 1_000_000

    @Option(name: .shortAndLong, parsing: .unconditional, help: "The most rows, 1 to \(mostRows).")
    var limit = 100

    @Option(help: ArgumentHelp("Begin behind this row, the last one of the page before.", valueName: "id"))
    var after: String?

    func validate() throws {
        guard (1...Self.mostRows).contains(limit) else {
            throw ValidationError("--limit: '\(limit)' is not a number from 1 to \(Self.mostRows)")
        }
    }

    /// Says on standard error, to a person, that there is more.
    static func hint(_ last: String) {
        guard isatty(2) == 1 else { return }
        let after = "--after '\(last.printable)'"
        var lines = ["There are more: \(after), or a higher --limit."]
        // An id stays whole, since it is to be copied.
        if lines[0].columns > Terminal.errors.width ?? .max {
            lines = ["There are more: a higher --limit, or", "    \(after)"]
        }
        var output = OutputBuffer(descriptor: 2)
        for line in lines { output.append("\(line)\n") }
        // The list itself has been written.
        try? output.flush()
    }
}

/// How far long work has come, on standard error where that is a terminal.
struct Progress {
    private let action: String
    private let isShown = isatty(2) == 1

    init(_ action: String) { self.action = action }

    func report(_ done: Int, of total: Int? = nil) {
        guard isShown else { return }
        write("\r\(action): \(done)\(total.map { " of \($0)" } ?? "")\u{1B}[K")
    }

    func end() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        var output = OutputBuffer(descriptor: 2)
        output.append(text)
        // Only a remark on the work.
        try? output.flush()
    }
}
#endif
