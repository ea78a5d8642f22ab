import CDecorations

/// Gathers what decorations declare. The macros expand to calls of it; nobody else needs it.
public struct DecorationCollector {
    private(set) var jobs: [DecoratedJob] = []
    /// The functions that are tasks, each once.
    private(set) var tasks: [DecoratedTask] = []
    /// The libraries that have decorations, and the program if it has the product.
    private(set) var images: Set<String> = []
    /// The error that two functions have one name.
    private(set) var conflict: CarillonError?
    private var indices: [String: Int] = [:]
    private var places: Set<[String]> = []
    private var image = ""

    /// Whether the program is linked with the product that has the decorations, but none of its records is found.
    var isWithoutSection: Bool { carillon_has_decorations() && images.isEmpty }

    /// Returns what the program and the libraries that are loaded declare, jobs in order of ids and then of places.
    static func collect() -> DecorationCollector {
        var collector = DecorationCollector()
        withUnsafeMutablePointer(to: &collector) { collector in
            // The records give the pointer back to the functions below, during the call alone.
            carillon_call_decorations(UnsafeMutableRawPointer(collector)) { collector, image in
                guard let collector, let image else { return }
                collector.assumingMemoryBound(to: DecorationCollector.self).pointee.enter(String(cString: image))
            }
        }
        collector.jobs.sort { ($0.id, $0.place) < ($1.id, $1.place) }
        return collector
    }

    private mutating func enter(_ path: String) {
        // A library may be installed elsewhere tomorrow, and is the same.
        image = path.split(separator: "/").last.map(String.init) ?? ""
        images.insert(image)
    }

    /// Declares a job.
    ///
    /// - Parameter collector: The pointer that a record of the program is called with.
    public static func declare(into collector: UnsafeMutableRawPointer, _ job: DecoratedJob) {
        collector.assumingMemoryBound(to: DecorationCollector.self).pointee.add(job)
    }

    /// Declares a task.
    ///
    /// - Parameter collector: The pointer that a record of the program is called with.
    public static func declare(into collector: UnsafeMutableRawPointer, _ task: DecoratedTask) {
        collector.assumingMemoryBound(to: DecorationCollector.self).pointee.add(task)
    }

    private mutating func add(_ job: DecoratedJob) {
        // A module that is linked into the program and into a library is there twice.
        guard places.insert([job.id, job.place]).inserted else { return }
        var job = job
        job.image = image
        jobs.append(job)
        add(job.function)
    }

    private mutating func add(_ task: DecoratedTask) {
        guard let index = indices[task.name] else {
            indices[task.name] = tasks.endIndex
            return tasks.append(task)
        }
        // A function with several decorations is one task.
        guard tasks[index].place != task.place else { return }
        conflict = CarillonError(
            .invalidName,
            "two decorated functions are called '\(task.name)', at \(tasks[index].place) and at \(task.place), and a store "
                + "knows them by that name; call one of them otherwise")
    }
}
