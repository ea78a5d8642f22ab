import Carillon
import CarillonTriggers
import Testing

/// What holds of every job, whatever happens to it.
@Suite struct PlannerPropertyTests {
    @Test("Random lives", arguments: 0..<8 as Range<UInt64>)
    func lives(_ part: UInt64) throws {
        var checks = 0
        for seed in part * 250..<(part + 1) * 250 {
            var life = try RandomLife(seed: seed)
            checks += try life.live(steps: 60)
        }
        print("random lives \(part): 250 jobs, 15,000 steps, \(checks) checks")
        #expect(checks > 100_000)
    }
}
