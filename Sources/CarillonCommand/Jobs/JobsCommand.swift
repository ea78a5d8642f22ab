#if Command
import ArgumentParser

/// `carillon jobs`: the jobs of a store.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Lists, adds and changes the jobs of a store.",
        discussion: """
            Works on the job store itself, whether or not a server runs; one that does notices within a second.

            EXIT STATUS
              0   done
              1   there is no such job, or it refuses
              64  the arguments cannot be used
              65  a value or a file is wrong
              66  there is no such file
              69  the job store does not answer or cannot be written
              74  reading or writing failed
              78  the configuration is wrong
            """,
        subcommands: [
            JobsListCommand.self, JobsShowCommand.self, JobsAddCommand.self, JobsEditCommand.self,
            JobsPauseCommand.self, JobsResumeCommand.self, JobsRunCommand.self, JobsBackfillCommand.self,
            JobsRemoveCommand.self,
            JobsExportCommand.self, JobsImportCommand.self,
        ]
    )
}
#endif
