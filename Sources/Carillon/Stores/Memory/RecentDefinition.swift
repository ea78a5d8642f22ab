import CarillonTriggers

/// The definition that was made last. It is reused for the next job if that has the same parts: often many such jobs
/// are due together.
struct RecentDefinition: Sendable {
    private var shape = UInt32.none
    private var trigger = UInt32.none
    private var last: JobDefinition?

    /// Returns the definition of a job.
    mutating func definition(
        of job: borrowing JobRecord, _ shapes: SharedValues<JobShape>, _ triggers: SharedValues<Trigger>
    ) -> JobDefinition {
        if let last, shape == job.shape, trigger == job.trigger, last.trigger.isCurrent,
            last.arguments == job.arguments
        {
            return last
        }
        let definition = job.definition(shapes, triggers)
        // A trigger whose phase was fixed when the job was added belongs to that job alone.
        if triggers[job.trigger].isAnchored {
            (shape, trigger, last) = (job.shape, job.trigger, definition)
        }
        return definition
    }

    /// Discards the definition, because numbers now stand for other shapes and triggers.
    mutating func forget() { last = nil }
}
