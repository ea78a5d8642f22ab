#if Web
import Carillon
public import CarillonLifecycle
import HTTPTypes
public import Hummingbird

extension RouterMethods {
    /// Adds a REST API for a scheduler, whose routes are those of Flask-APScheduler; see `docs/rest.md`.
    ///
    ///     router.addCarillon(scheduler, RESTOptions(access: .basic(["admin": password])))
    ///     let application = Application(router: router)
    ///     try await application.runService(with: scheduler)
    ///
    /// The scheduler may be shut down and started again over the API; the server goes on meanwhile.
    ///
    /// - Parameters:
    ///   - scheduler: The scheduler, started or not.
    ///   - prefix: What the paths begin with.
    ///   - options: Who may use it, and for what; by default whoever reaches the server may read.
    @discardableResult
    public func addCarillon(
        _ scheduler: some ServiceScheduler, prefix: String = "/scheduler", _ options: RESTOptions = RESTOptions()
    ) -> Self {
        let logger = scheduler.engine.logger
        let responder = RESTResponder<Context>(
            access: options.access, origin: RequestOrigin(options), bodyLimit: options.bodyLimit,
            schedulerRoutes: SchedulerRoutes(
                scheduler: scheduler, allowedHosts: options.allowedHosts, logger: logger),
            jobRoutes: JobRoutes(scheduler: scheduler, hiddenTasks: options.hiddenTasks), logger: logger)
        // All methods, so that one that a path does not have is refused in the API's own form.
        let methods: [HTTPRequest.Method] = [
            .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
        ]
        for method in methods {
            on(RouterPath(prefix), method: method, responder: responder)
            on(RouterPath(prefix + "/**"), method: method, responder: responder)
        }
        return self
    }
}
#endif
