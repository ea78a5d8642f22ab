import CarillonTriggers

extension JobDefinition {
    /// The same definition, with a trigger that follows the newest known rules of its zones.
    package var current: JobDefinition {
        guard !trigger.isCurrent else { return self }
        var definition = self
        definition.trigger = trigger.current
        return definition
    }
}
