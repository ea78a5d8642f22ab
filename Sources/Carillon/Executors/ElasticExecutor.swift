/// An executor that gives each run that blocks a thread with a small stack, for thousands of blocking calls at once.
///
/// It starts threads when there is work for them, and ends them when there is none, except a few. Tasks that suspend
/// run as Swift tasks whose parts run on the same threads; while such a run is suspended, it holds no thread.
///
/// If the system refuses a thread, because there are too many or memory is short, the run waits: for a thread that
/// becomes free, or until the system, which is asked again every 100 ms, has one.
///
/// A stack that overflows ends the whole process. The default size, 256 KiB, holds what tasks usually call, such as
/// JSON coding, formatting, regular expressions and groups of child tasks. What needs more is depth: functions that call
/// themselves hundreds of times, and large values on the stack. Give more room to such tasks, or another executor. A run
/// whose arguments are nested deeper than 64 levels gets a stack of the system's default size.
public final class ElasticExecutor: JobExecutor {
    /// The size of a thread's stack, where nothing else is said.
    public static let defaultStackBytes = 256 << 10

    /// The smallest size of a stack: less does not hold a call of `print`.
    private static let leastStackBytes = 64 << 10
    /// Stacks are whole pages, which are no larger than this on the machines that Swift runs on.
    private static let pageBytes = 16 << 10
    /// How many threads wait for work.
    private static let idleThreads = 8

    /// The most runs at work at the same time.
    public var capacity: Int { pool.capacity }
    /// The size of a thread's stack.
    public let stackBytes: Int
    private let pool: ThreadPoolExecutor

    /// Creates an executor without threads.
    ///
    /// - Parameters:
    ///   - maxWorkers: The most runs at work at the same time, at least 1.
    ///   - stackBytes: The size of a thread's stack, at least 64 KiB; rounded up to whole pages.
    public convenience init(maxWorkers: Int = 10_000, stackBytes: Int = defaultStackBytes) {
        self.init(maxWorkers: maxWorkers, stackBytes: stackBytes, creating: NamedThread.create)
    }

    /// Creates an executor whose threads are created in another way, for tests of a system that refuses them.
    package init(maxWorkers: Int, stackBytes: Int = defaultStackBytes, creating create: @escaping NamedThread.Creation)
    {
        let most = 1 << 40
        let pages = (min(max(stackBytes, Self.leastStackBytes), most) + Self.pageBytes - 1) / Self.pageBytes
        self.stackBytes = pages * Self.pageBytes
        pool = ThreadPoolExecutor(
            maxWorkers: maxWorkers, name: "carillon-elastic", stackBytes: self.stackBytes,
            idleLimit: Self.idleThreads, creating: create)
    }

    /// See `JobExecutor`.
    public func execute(_ works: [RunWork]) async { await pool.execute(works) }

    /// See `JobExecutor`.
    public func shutdown() { pool.shutdown() }
}
