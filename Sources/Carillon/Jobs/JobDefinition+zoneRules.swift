import CarillonTriggers

extension JobDefinition {
    /// The same definition, whose trigger goes by the newest rules known of its zones.
    package var current: JobDefinition {
        guard !trigger.isCurrent else { return self }
        var definition = self
        definition.trigger = trigger.current
        return definition
    }
}
