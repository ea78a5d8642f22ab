import ArgumentParser
import CarillonTriggers

/// `carillon next`: when a trigger fires.
struct NextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Lists the next fire times of a trigger."
    )

    @Flag(help: "Answer requests line by line.")
    var jsonl = false

    func run() throws {
        var stream = FireTimeStream(output: OutputBuffer(descriptor: 1))
        var input = LineReader(descriptor: 0)
        try stream.answer(&input)
    }
}
