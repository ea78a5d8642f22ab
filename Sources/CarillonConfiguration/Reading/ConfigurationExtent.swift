#if Configuration
/// How much of a configuration is read. What is not read is not judged either, and its variables need not be set.
package enum ConfigurationExtent: Sendable {
    /// All settings and the jobs.
    case whole
    /// What a command needs that works on job stores: neither jobs nor the settings of a server.
    ///
    /// - Parameters:
    ///   - aliases: The stores that are meant. Another one whose settings cannot be read is left out.
    ///   - withJobDefaults: Whether the policies that new jobs begin with are read as well.
    case stores(aliases: Set<String>, withJobDefaults: Bool)

    /// Whether a setting is read.
    func includes(_ setting: Setting) -> Bool {
        guard case .stores(_, let withJobDefaults) = self else { return true }
        return switch setting {
        case .timezone, .executors, .jobStores, .lease, .stateDirectory: true
        case .jobDefaults: withJobDefaults
        default: false
        }
    }

    /// Whether it is an error that the settings of a store cannot be read.
    func needs(store alias: String) -> Bool {
        guard case .stores(let wanted, _) = self else { return true }
        return wanted.contains(alias)
    }
}
#endif
