#if Command
import Carillon
import CarillonTriggers
import Foundation

/// Writes what one run says until it ends: its output on standard output, and how it stands on standard error; with JSON,
/// each as a line on standard output.
struct RunFollower {
    private let id: Run.ID
    private var name = ""
    private let display: DisplayOptions
    private var output = RunOutput()
    private var progress: RunProgress?
    private var fence: Int64 = 0
    private var recoveries = 0
    /// The last byte of output that was written.
    private var last: UInt8?
    /// What a terminal has been shown; a file gets the output byte for byte.
    private var shown: TerminalText?

    init(_ id: Run.ID, display: DisplayOptions, raw: RawOption) {
        self.id = id
        self.display = display
        shown = raw.terminalText
    }

    /// Looks twice a second until the run has ended.
    ///
    /// - Throws: `CommandFailure` with `refused` where there is no such run, and where it ended otherwise than by
    ///   succeeding.
    mutating func follow(_ opened: OpenedStore) async throws(CommandFailure) {
        let job = id.occurrence.job
        let zones = try await CommandFailure.catching { () throws(CarillonError) in
            try await opened.zones(of: [job])
        }
        name = try await CommandFailure.catching { () throws(CarillonError) in
            try await opened.name(of: id, zone: display.timezone).printable
        }
        let zone = display.timezone ?? zones[job] ?? opened.zone
        while !Task.isCancelled {
            let run = try await opened.run(id.description)
            try tell(of: RunForm(run, zone: zone))
            if case .finished(let outcome) = run.state {
                guard outcome != .succeeded else { return }
                let error = run.error?.printableLines.first.map { ": \($0)" } ?? ""
                throw CommandFailure(.refused, "run '\(name)' \(outcome.words)\(error)")
            }
            do {
                try await Task.sleep(for: .milliseconds(500))
            } catch {
                return
            }
        }
    }

    private mutating func tell(of form: RunForm) throws(CommandFailure) {
        let run = form.run
        if run.recoveries > recoveries, let words = run.recoveryWords {
            if display.json {
                var line = JSONForm()
                line.add("event", "recovered")
                line.add("recoveries", run.recoveries)
                line.add("sentence", words)
                try CommandFailure.say(line.value.description)
            } else {
                try remark(words)
            }
        }
        recoveries = run.recoveries
        // One that nobody has waits to be begun again.
        if run.fence != fence, run.started != nil, run.node != nil {
            fence = run.fence
            progress = nil
            if !display.json { try separate(from: run) }
            try say(form, "started", "started\(run.node.map { " on \($0.description)" } ?? "")")
        }
        if let part = output.part(of: run) { try write(part) }
        if let now = run.progress, now != progress {
            progress = now
            if display.json {
                var line = JSONForm()
                line.add("event", "progress")
                line.add("fraction", .decimal("\(now.fraction)"))
                line.add("note", now.note)
                try CommandFailure.say(line.value.description)
            } else {
                try remark(now.words)
            }
        }
        if !run.isOpen {
            if !display.json, let end = shown?.end, !end.isEmpty { try write(bytes: end) }
            let took = form.duration
            try say(form, "ended", form.word + (took.isEmpty ? "" : ", took \(took)"))
        }
    }

    /// Writes a line between the output of two starts of the run.
    private mutating func separate(from run: Run) throws(CommandFailure) {
        guard let last else { return }
        let node = run.node.map { " on \($0)" } ?? ""
        let line = "--- started again\(node) ---\n"
        try write(bytes: Array(((last == UInt8(ascii: "\n") ? "" : "\n") + line).utf8))
        shown = shown.map { _ in TerminalText() }
    }

    private mutating func write(_ part: RunOutput.Part) throws(CommandFailure) {
        if display.json {
            var line = JSONForm()
            line.add("event", "output")
            line.add("text", String(decoding: part.bytes, as: UTF8.self))
            line.add("lost", part.lost)
            return try CommandFailure.say(line.value.description)
        }
        if part.lost != 0 {
            try remark(
                part.lost.map { "\($0) bytes of its output are not kept" }
                    ?? "what it wrote before this may not be kept")
        }
        try write(bytes: shown?.bytes(of: part.bytes) ?? part.bytes)
    }

    private mutating func write(bytes: [UInt8]) throws(CommandFailure) {
        last = bytes.last ?? last
        try CommandFailure.writing { () throws(POSIXFailure) in
            var output = OutputBuffer(descriptor: 1)
            output.append(bytes)
            try output.flush()
        }
    }

    /// Tells how the run stands.
    private func say(_ form: RunForm, _ event: String, _ words: String) throws(CommandFailure) {
        if display.json { return try CommandFailure.say(form.json(event: event).description) }
        try remark(words)
    }

    private func remark(_ text: String) throws(CommandFailure) {
        try CommandFailure.writing { () throws(POSIXFailure) in
            var output = OutputBuffer(descriptor: 2)
            output.append("\(name): \(text.printable)\n")
            try output.flush()
        }
    }
}

extension RunProgress {
    /// Such as `45 %, copying files`.
    var words: String { "\(Int((fraction * 100).rounded(.down))) %" + (note.isEmpty ? "" : ", \(note)") }
}

extension Outcome {
    /// What goes on from a run's name.
    fileprivate var words: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .timedOut: "timed out"
        case .cancelled: "was cancelled"
        case .lost: "was lost"
        }
    }
}
#endif
