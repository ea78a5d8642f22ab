#if Command
import CarillonConfiguration
import CarillonSetup

/// What this build of the command is and has.
enum BuiltIn {
    static let version = "0.1.0"

    /// The kinds of store that can be opened, and the kinds of executor that can be configured.
    static let parts = SchedulerParts.builtIn

    /// The tasks that `serve` registers.
    static let tasks = ["http", "shell"]

    /// What `carillon --version` prints.
    static var description: String {
        """
        carillon \(version)
        toolchain: \(toolchain)
        stores: \(parts.stores.map(\.rawValue).joined(separator: ", "))
        executors: \(parts.executors.flatMap(\.names).joined(separator: ", "))
        tasks: \(tasks.joined(separator: ", "))
        """
    }

    /// The compiler tells its version only by comparison.
    private static var toolchain: String {
        #if compiler(>=6.4)
        "Swift 6.4 or later"
        #elseif compiler(>=6.3)
        "Swift 6.3"
        #else
        "Swift 6.2"
        #endif
    }
}
#endif
