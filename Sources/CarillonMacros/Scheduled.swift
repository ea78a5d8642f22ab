#if Macros
public import Carillon
public import CarillonTriggers

/// Makes a function a job, which every scheduler that starts adds to its store.
///
///     @Scheduled(id: "do_job_1", .interval(minutes: 1))
///     func task() { print("a minute has passed") }
///
/// The function stands at file scope, is a static member, or is a method of a `@JobGroup`; it may be `async`, may
/// throw, and may take the `TaskContext` of its run. Several decorations of one function are several jobs, each with an
/// id of its own. A trigger that is written out is checked when the program is compiled.
///
/// A job whose decoration is gone is removed when the program next starts; one whose trigger has changed begins anew;
/// all others go on as they are. The policies are the scheduler's unless the decoration says otherwise.
///
/// - Parameters:
///   - id: The job's id; the function's name if it is left out.
///   - trigger: When the job is due.
///   - timeZone: The name of the zone whose clock is meant, such as `"Europe/Berlin"`; the scheduler's if it is left
/// out.
///   - jitter: The most that a run may start after its scheduled time, at random.
///   - name: The display name; the id is shown without it.
///   - tags: Labels to find the job by.
///   - executor: The alias of the executor that the job runs on.
///   - store: The alias of the job store that keeps the job.
///   - misfireGrace: How late a run may begin; see `JobPolicies`, as for those that follow.
///   - coalesce: What becomes of several due times that were missed.
///   - maxInstances: How many runs of the job may be at work at once.
///   - atLimit: What becomes of a due time while so many are.
///   - retry: How often, and when, a run that failed is tried again.
///   - timeout: How long a run may take.
///   - recovery: What becomes of runs whose node has died.
///   - priority: Which of several runs that wait is begun first: the highest.
///   - history: How many ended runs are kept, and how long.
///   - onFailure: The task that runs when a run has failed for good.
@attached(peer)
public macro Scheduled(
    id: String? = nil,
    _ trigger: Trigger,
    timeZone: String? = nil,
    jitter: Duration? = nil,
    name: String? = nil,
    tags: [String] = [],
    executor: String = "default",
    store: String = "default",
    misfireGrace: Duration? = nil,
    coalesce: Coalesce = .latest,
    maxInstances: Int = 1,
    atLimit: AtLimit = .skip,
    retry: RetryPolicy = .none,
    timeout: Duration? = nil,
    recovery: Recovery = .rerun,
    priority: Int = 0,
    history: History = History(),
    onFailure: FailureTask? = nil
) = #externalMacro(module: "CarillonMacrosPlugin", type: "ScheduledMacro")
#endif
