#if Configuration
extension Configuration {
    /// Reads and checks a configuration. Settings of a later source win over those of an earlier one, environment
    /// variables over files, and overrides over all; the jobs of several files add up.
    ///
    /// Reads the files and the secrets that they name from the disk, and nothing else.
    ///
    /// - Parameters:
    ///   - sources: Files and texts, in order.
    ///   - environment: The variables: those that set something, and those that `${NAME}` puts into values.
    ///   - overrides: What the command line says.
    ///   - argumentOrders: The names of tasks' arguments in their order, so that `args` can give them by position. The
    ///     arguments of `shell` and `http` are checked here unless they are among these, and so the program's own.
    /// - Throws: `ConfigurationError` with all that is wrong: `unreadableFile` where that includes a file that cannot be
    ///   read, `invalid` otherwise.
    public init(
        _ sources: [ConfigurationSource],
        environment: [String: String] = [:],
        overrides: [ConfigurationOverride] = [],
        argumentOrders: [String: [String]] = [:]
    ) throws(ConfigurationError) {
        try self.init(
            sources, environment: environment, overrides: overrides, argumentOrders: argumentOrders, extent: .whole)
    }

    /// Reads and checks a part of a configuration; see the form that reads the whole.
    package init(
        _ sources: [ConfigurationSource],
        environment: [String: String] = [:],
        overrides: [ConfigurationOverride] = [],
        argumentOrders: [String: [String]] = [:],
        extent: ConfigurationExtent
    ) throws(ConfigurationError) {
        var reader = ConfigurationReader(environment: environment, argumentOrders: argumentOrders)
        reader.extent = extent
        var collected = CollectedSettings()
        for source in sources { reader.collect(source, &collected) }
        reader.collectEnvironment(&collected)
        reader.collect(overrides, &collected)
        reader.read(collected)
        self = try reader.result()
    }
}
#endif
