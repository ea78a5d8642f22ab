import CarillonTriggers

/// The definition that was put together last. It serves for the next job where that is alike in all: often many such jobs
/// are due together.
struct RecentDefinition: Sendable {
    private var shape = UInt32.none
    private var trigger = UInt32.none
    private var last: JobDefinition?

    /// The definition of a job.
    mutating func definition(
        of job: borrowing JobRecord, _ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>
    ) -> JobDefinition {
        if let last, shape == job.shape, trigger == job.trigger, last.arguments == job.arguments { return last }
        let definition = job.definition(shapes, triggers)
        // One whose phase was fixed when it was added is that of this job alone.
        if triggers[job.trigger].isAnchored {
            (shape, trigger, last) = (job.shape, job.trigger, definition)
        }
        return definition
    }

    /// Forgets it, since the numbers of shapes and triggers stand for others from now on.
    mutating func forget() { last = nil }
}
