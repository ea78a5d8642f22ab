#if Command
import CarillonConfiguration
import CarillonTasks
import Foundation
import Synchronization

/// The environment that the commands of jobs inherit: that of the server without its settings and without the variables
/// that the configuration refers to, most of which are secrets.
final class CommandEnvironment: Sendable {
    private static let settings = Configuration.settingVariables.union(["CARILLON_CONFIG", "CARILLON_STORE"])
    private let hidden: Mutex<Set<String>>

    init(_ configuration: Configuration) { hidden = Mutex(Self.hidden(configuration)) }

    /// Takes a configuration that was read anew.
    func take(_ configuration: Configuration) { hidden.withLock { $0 = Self.hidden(configuration) } }

    /// The names of variables that commands do not inherit.
    var hiddenNames: Set<String> { hidden.withLock { $0 } }

    var variables: [String: String] {
        let hidden = hiddenNames
        return ProcessInfo.processInfo.environment.filter { !hidden.contains($0.key) }
    }

    private static func hidden(_ configuration: Configuration) -> Set<String> {
        settings.union(configuration.variables.subtracting(ShellTask.openVariables))
    }
}
#endif
