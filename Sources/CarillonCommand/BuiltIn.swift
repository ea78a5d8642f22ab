#if Command
import CarillonConfiguration

/// What this build of the command is and has.
enum BuiltIn {
    static let version = "0.1.0"

    /// The kinds of store that can be opened.
    static let stores: [StoreAddress.Kind] = [.memory, .sqlite]

    /// The kinds of executor that can be configured.
    static let executors: [ExecutorType] = {
        #if os(Linux)
        [.threadPool, .processPool, .elastic, .async, .debug]
        #else
        [.threadPool, .elastic, .async, .debug]
        #endif
    }()

    /// The tasks that `serve` registers.
    static let tasks = ["http", "shell"]

    /// What `carillon --version` prints.
    static var description: String {
        """
        carillon \(version)
        toolchain: \(toolchain)
        stores: \(stores.map(\.rawValue).joined(separator: ", "))
        executors: \(executors.flatMap(\.names).joined(separator: ", "))
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
