#if Command
import Carillon
import CarillonTasks

/// The tasks of a server, which its worker processes have as well.
enum ServedTasks {
    /// - Parameter environment: What commands inherit; that of the process where nothing is given. A worker is told by its
    ///   pool which of its variables they do not.
    static func register(with host: some TaskHost, environment: CommandEnvironment? = nil) throws(CarillonError) {
        let shell = if let environment { ShellTask(environment: { environment.variables }) } else { ShellTask() }
        try host.register(shell)
        try host.register(HTTPTask())
    }
}
#endif
