#if Command
import ArgumentParser

/// `carillon completions`: what makes the tab key work.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Writes a completion script for a shell.",
        discussion: """
            EXAMPLES
              carillon completions bash > /etc/bash_completion.d/carillon
              carillon completions zsh > ~/.zsh/completions/_carillon
              carillon completions fish > ~/.config/fish/completions/carillon.fish
            """
    )

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var completed: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell: bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        do throws(POSIXFailure) {
            try OutputBuffer.print(Carillon.completionScript(for: shell.completed))
        } catch {
            throw CommandFailure(error).reported()
        }
    }
}
#endif
