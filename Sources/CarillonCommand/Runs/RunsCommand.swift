#if Command
import ArgumentParser

/// `carillon runs`: the runs of a store.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Lists and shows runs, and tells why there is none.",
        discussion: """
            A run is called by its job and its scheduled time: backup/2026-11-22T17:00+01:00. Behind that stands its kind, \
            where a trigger did not name it (/manual, /backfill, /onFailure), and its attempt from the second on (/2). A \
            time without an offset is read in the job's zone, and a day, a minute or a second means the only run of that \
            time. The whole id of a run, which 'runs show' and --json tell, does as well.

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
#endif
