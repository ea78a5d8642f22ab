#if Configuration
public import Carillon
public import CarillonConfiguration

extension SchedulerOptions {
    /// Creates the options of a scheduler as a configuration describes it, with all that the program is built with, and opens
    /// its job stores.
    ///
    ///     var options = try await SchedulerOptions(configuration)
    ///     options.logger = logger
    ///     let scheduler = BackgroundScheduler(options)
    ///
    /// - Throws: `CarillonError`; see `init(_:parts:)`.
    public init(_ configuration: Configuration) async throws(CarillonError) {
        try await self.init(configuration, parts: .builtIn)
    }
}
#endif
