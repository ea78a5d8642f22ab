extension Trigger {
    /// The trigger in its JSON form; values that are the default are left out, and dates stay as they were given.
    ///
    /// The zone is always there, even if the trigger has it from the scheduler: every reader of the form gets the same
    /// fire times, whatever zone the reader has itself.
    public var json: JSONValue { kind.json }
}
