import Carillon
import Testing

@Suite("How much earlier the thread that waits for alarms is woken")
struct WakeUpLeadTests {
    private func lead(after latenesses: [Int64]) -> Int64 {
        var lead = WakeUpLead()
        for lateness in latenesses { lead.note(lateness: lateness) }
        return lead.microseconds
    }

    private static let memory = WakeUpLead.memory

    @Test("Before enough is known, not at all")
    func unknown() {
        #expect(lead(after: []) == 0)
        #expect(lead(after: [Int64](repeating: 80, count: Self.memory - 1)) == 0)
    }

    @Test("By the least of the last latenesses")
    func least() {
        #expect(lead(after: (0..<Self.memory).map { 60 + Int64($0) }) == 60)
        #expect(lead(after: [7] + [Int64](repeating: 90, count: Self.memory - 1)) == 7)
        #expect(lead(after: [7] + [Int64](repeating: 90, count: Self.memory)) == 90)
        #expect(lead(after: [Int64](repeating: 90, count: 3 * Self.memory) + [3]) == 3)
    }

    @Test("Never by more than the limit, nor by less than nothing")
    func limits() {
        #expect(lead(after: [Int64](repeating: 3_600_000_000, count: Self.memory)) == WakeUpLead.limit)
        #expect(lead(after: [Int64](repeating: -5, count: Self.memory)) == 0)
    }
}
