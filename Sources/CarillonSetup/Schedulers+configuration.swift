#if Configuration
public import Carillon
public import CarillonConfiguration

extension AsyncScheduler {
    /// Creates a scheduler as a configuration describes it, with its job stores open; it is not started, and has no jobs yet.
    ///
    ///     let scheduler = try await AsyncScheduler(configuration)
    ///     try scheduler.register("greet") { (name: String, context) in print("Hello, \(name)!") }
    ///     try await scheduler.keepJobs(of: configuration)
    ///     try await scheduler.run()
    ///     try await scheduler.closeStores()
    ///
    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - parts: The kinds of store and executor that can be made.
    /// - Throws: `CarillonError`; see `SchedulerOptions.init(_:parts:)`.
    public convenience init(
        _ configuration: Configuration, parts: SchedulerParts = .builtIn
    ) async throws(CarillonError) {
        self.init(try await SchedulerOptions(configuration, parts: parts))
    }
}

extension BackgroundScheduler {
    /// Creates a scheduler as a configuration describes it, with its job stores open; it is not started, and has no jobs yet.
    ///
    /// - Parameters:
    ///   - daemon: Whether the process may end while the scheduler runs.
    ///   - configuration: The configuration.
    ///   - parts: The kinds of store and executor that can be made.
    /// - Throws: `CarillonError`; see `SchedulerOptions.init(_:parts:)`.
    public convenience init(
        daemon: Bool = true, _ configuration: Configuration, parts: SchedulerParts = .builtIn
    ) async throws(CarillonError) {
        self.init(daemon: daemon, try await SchedulerOptions(configuration, parts: parts))
    }
}

extension ElasticScheduler {
    /// Creates a scheduler as a configuration describes it, with its job stores open; it is not started, and has no jobs yet.
    ///
    /// - Parameters:
    ///   - daemon: Whether the process may end while the scheduler runs.
    ///   - configuration: The configuration.
    ///   - parts: The kinds of store and executor that can be made.
    /// - Throws: `CarillonError`; see `SchedulerOptions.init(_:parts:)`.
    public convenience init(
        daemon: Bool = true, _ configuration: Configuration, parts: SchedulerParts = .builtIn
    ) async throws(CarillonError) {
        self.init(daemon: daemon, try await SchedulerOptions(configuration, parts: parts))
    }
}

extension BlockingScheduler {
    /// Creates a scheduler as a configuration describes it, with its job stores open; it is not started, and has no jobs yet.
    ///
    ///     let scheduler = try BlockingScheduler(configuration)
    ///     try scheduler.register("greet") { (name: String, context) in print("Hello, \(name)!") }
    ///     try scheduler.keepJobs(of: configuration)
    ///     try scheduler.start()
    ///
    /// A `main` that is not `async` has no `await`, so this blocks its thread until the stores are open.
    ///
    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - parts: The kinds of store and executor that can be made. Nothing in them may need the calling thread.
    /// - Throws: `CarillonError`; see `SchedulerOptions.init(_:parts:)`.
    @available(
        *, noasync, message: "it keeps its thread; use an AsyncScheduler or BackgroundScheduler, or make options first"
    )
    public convenience init(
        _ configuration: Configuration, parts: SchedulerParts = .builtIn
    ) throws(CarillonError) {
        self.init(
            try TaskWait.value { () async throws(CarillonError) in
                try await SchedulerOptions(configuration, parts: parts)
            })
    }
}
#endif
