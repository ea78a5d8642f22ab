/// The kinds of trigger that are built in. A new kind is one line here.
enum TriggerKinds {
    static let all: [any TriggerKind.Type] = [
        DateTrigger.self,
        IntervalTrigger.self,
        CronTrigger.self,
        CalendarIntervalTrigger.self,
        UnionTrigger.self,
        IntersectionTrigger.self,
        FirstAtTrigger.self,
    ]

    /// The JSON forms of all of them, by the word that stands behind `type`.
    static let forms: [String: TriggerForm] = all.reduce(into: [:]) { forms, kind in
        for form in kind.forms { forms[form.type] = form }
    }
}
