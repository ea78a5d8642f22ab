import CarillonTriggers

/// Something that reads bytes from outside.
protocol FuzzTarget: SendableMetatype {
    static var name: String { get }

    init()

    /// Makes one input, sound or not.
    func input(_ generator: inout SeededGenerator) -> [UInt8]

    /// Reads an input and uses what came of it.
    ///
    /// - Returns: Whether the input was accepted.
    /// - Throws: `Fault` where something that must hold does not.
    func run(_ bytes: [UInt8], _ generator: inout SeededGenerator) throws(Fault) -> Bool
}

/// A rule that was broken without a crash.
struct Fault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What must hold for every trigger, however it came about.
enum TriggerCheck {
    /// Times that are asked about, from one end of the calendar to the other.
    private static let times: [Int64] = [
        -62_135_683_200, -62_135_596_800, -2_208_988_800, -1, 0, 951_782_400, 1_325_152_800, 1_743_296_399,
        1_761_440_400,
        4_107_542_400, 16_725_225_600, 253_370_764_800, 253_402_300_799, 253_402_387_200,
    ]

    /// Makes a trigger, and checks it where it is not refused, or that what refuses it says why.
    ///
    /// - Returns: Whether it was made.
    static func run(
        _ generator: inout SeededGenerator,
        making make: (inout SeededGenerator) throws(TriggerError) -> Trigger
    ) throws(Fault) -> Bool {
        let trigger: Trigger
        do {
            trigger = try make(&generator)
        } catch {
            guard !error.description.isEmpty else { throw Fault("an error without words") }
            return false
        }
        try checkRoundTrip(trigger)
        try run(trigger, &generator)
        guard !trigger.description.isEmpty else { throw Fault("a description without words") }
        return true
    }

    static func run(_ trigger: Trigger, _ generator: inout SeededGenerator) throws(Fault) {
        var time = Instant(seconds: generator.element(of: times) + Int64(generator.number(-100_000...100_000)))
        if generator.oneIn(3) { time = time.advanced(byMicroseconds: Int64(generator.number(0...999_999))) }
        let trigger = trigger.anchored(at: time)
        let start = time
        for index in 1...3 {
            guard let next = trigger.next(after: time) else { break }
            guard next > time else { throw Fault("next after \(time) is \(next)") }
            guard trigger.contains(next) else { throw Fault("\(next) is next after \(time) and not contained") }
            let count = trigger.count(after: start, through: next)
            guard count == index else { throw Fault("\(count) after \(start) through \(next), not \(index)") }
            guard let last = trigger.previous(before: next.advanced(byMicroseconds: 1)), last == next else {
                throw Fault("\(next) is next after \(time) and not found backwards")
            }
            time = next
        }
        if let previous = trigger.previous(before: start) {
            guard previous < start else { throw Fault("previous before \(start) is \(previous)") }
            guard trigger.contains(previous) else { throw Fault("\(previous) is before \(start) and not contained") }
        }
    }

    /// The JSON form leads back to the same trigger.
    static func checkRoundTrip(_ trigger: Trigger) throws(Fault) {
        let again: Trigger
        do {
            again = try Trigger(json: JSONReader.value(of: Array(trigger.json.description.utf8)))
        } catch {
            throw Fault("its JSON form is refused: \(error)")
        }
        guard again == trigger, again.hashValue == trigger.hashValue else {
            throw Fault("\(trigger.json) comes back as \(again.json)")
        }
    }
}
