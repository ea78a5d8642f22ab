import CarillonTriggers

/// Answers the time it is asked about.
struct Standing: CustomTrigger {
    static let typeName = "standing"
    func next(after time: Instant) -> Instant? { time }
}

/// Counts the time it is asked about as later than itself, at whole hours.
struct Inclusive: CustomTrigger {
    static let typeName = "inclusive"
    func next(after time: Instant) -> Instant? {
        let hour: Int64 = 3_600_000_000
        return Instant(microseconds: (time.microseconds + hour - 1) / hour * hour)
    }
}

/// Goes backwards.
struct Backward: CustomTrigger {
    static let typeName = "backward"
    func next(after time: Instant) -> Instant? { Instant(microseconds: time.microseconds - 3_600_000_000) }
    func previous(before time: Instant) -> Instant? { Instant(microseconds: time.microseconds + 1) }
    func count(after _: Instant, through _: Instant) -> Int { -5 }
}

/// Never ends, and fires at every microsecond.
struct Endless: CustomTrigger {
    static let typeName = "endless"
    func next(after time: Instant) -> Instant? { Instant(microseconds: time.microseconds + 1) }
}

/// Answers something else each time, without any order.
struct Erratic: CustomTrigger {
    static let typeName = "erratic"
    func next(after time: Instant) -> Instant? {
        let scrambled = (UInt64(bitPattern: time.microseconds) &* 0x9E37_79B9_7F4A_7C15) >> 20
        return Instant(microseconds: time.microseconds + Int64(scrambled % 1_000_000_000) - 300_000_000)
    }
}

/// Cannot be written as JSON.
struct Unwritable: CustomTrigger {
    static let typeName = "unwritable"
    var number = Double.nan
    func next(after _: Instant) -> Instant? { nil }
}

/// Has the name of another type.
struct OtherMoon: CustomTrigger {
    static let typeName = "full-moon"
    func next(after _: Instant) -> Instant? { nil }
}

/// Has the name of a built-in kind.
struct OtherCron: CustomTrigger {
    static let typeName = "crontab"
    func next(after _: Instant) -> Instant? { nil }
}

/// Has a name that is none.
struct Nameless: CustomTrigger {
    static let typeName = "full moon"
    func next(after _: Instant) -> Instant? { nil }
}

/// Is never registered.
struct Stranger: CustomTrigger {
    static let typeName = "stranger"
    func next(after _: Instant) -> Instant? { nil }
}
