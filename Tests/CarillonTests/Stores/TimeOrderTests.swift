import Carillon
import CarillonTesting
import Testing

@Suite struct TimeOrderTests {
    /// Times come mostly in order, as runs end, and go mostly from the front.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func answersLikeASortedList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var order = TimeOrder()
        var model: [UInt32: Int64] = [:]
        var now: Int64 = 0
        for number in UInt32(0)..<20_000 {
            now += Int64.random(in: 0..<3, using: &random)
            let time =
                Int.random(in: 0..<10, using: &random) == 0 ? now - Int64.random(in: 0..<5000, using: &random) : now
            order.insert(number, at: time)
            model[number] = time
            while model.count > 400 {
                let gone =
                    Int.random(in: 0..<5, using: &random) == 0
                    ? model.keys.min { ($0 &* 2_654_435_761) < ($1 &* 2_654_435_761) } : order.first
                guard let gone, let time = model.removeValue(forKey: gone) else { break }
                order.remove(gone, at: time)
            }
            #expect(order.count == model.count)
            if number % 50 == 0 {
                #expect(order.first == model.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key)
            }
        }
        for (number, _) in model.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            #expect(order.first == number)
            order.remove(number, at: model[number] ?? 0)
        }
        #expect(order.first == nil)
        #expect(order.count == 0)
    }

    @Test func removingWhatIsNotInChangesNothing() {
        var order = TimeOrder()
        order.remove(1, at: 5)
        order.insert(1, at: 5)
        order.remove(1, at: 6)
        order.remove(2, at: 5)
        #expect(order.first == 1)
        #expect(order.count == 1)
    }

    @Test func whatIsEarlierThanAllThatWentComesFirst() {
        var order = TimeOrder()
        order.insert(1, at: 5)
        order.insert(2, at: 6)
        order.insert(3, at: 7)
        order.remove(1, at: 5)
        order.remove(2, at: 6)
        order.insert(4, at: 3)
        order.insert(5, at: 2)
        #expect(order.first == 5)
        order.remove(4, at: 3)
        #expect(order.count == 2)
        order.remove(5, at: 2)
        #expect(order.first == 3)
    }
}

@Suite struct FewNumbersTests {
    @Test(arguments: [UInt64(1), 2, 3])
    func isARow(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var few = FewNumbers()
        var model: [UInt32] = []
        for _ in 0..<2000 {
            let number = UInt32.random(in: 0..<6, using: &random)
            if model.contains(number) {
                few.remove(number)
                model.removeAll { $0 == number }
            } else if Bool.random(using: &random) {
                few.append(number)
                model.append(number)
            } else {
                few.remove(number)
            }
            #expect(Array(few) == model)
            #expect(few.count == model.count)
        }
    }
}
