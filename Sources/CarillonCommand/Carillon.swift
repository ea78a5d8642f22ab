import ArgumentParser

/// The command line of Carillon.
@main
struct Carillon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carillon",
        abstract: "Runs jobs on time.",
        discussion: """
            Carillon is a job scheduler. 'serve' runs the jobs of a file; 'next' and 'explain' tell when a trigger \
            fires without running anything.
            """,
        version: "carillon 0.1.0",
        subcommands: [
            ServeCommand.self, NextCommand.self, ExplainCommand.self, CompletionsCommand.self,
        ]
    )
}
