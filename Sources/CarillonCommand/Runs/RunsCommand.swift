import ArgumentParser

/// `carillon runs`: the runs of a store.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Lists and shows runs, and tells why there is none.",
        discussion: """
            A run is called by its occurrence and its attempt, such as backup/1/2026-11-22T16:00:00+00:00/scheduled/0/1. \
            Its outcome is one of succeeded, failed, timedOut, cancelled, lost; an occurrence that was not run is missed, \
            coalesced or skipped, for a reason that 'runs why' tells.

            The exit status is that of 'carillon jobs'.
            """,
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsWhyCommand.self, RunsCancelCommand.self,
            RunsRetryCommand.self, RunsFollowCommand.self,
        ]
    )
}
