import Carillon
import CarillonTesting
import Testing

@Suite struct IndexedHeapTests {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func answersLikeASortedList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var heap = IndexedHeap<Int64>()
        var positions = HeapPositions()
        var model: [UInt32: Int64] = [:]
        for _ in 0..<5000 {
            let number = UInt32.random(in: 0..<300, using: &random)
            if Int.random(in: 0..<3, using: &random) == 0 {
                heap.remove(number, &positions)
                model[number] = nil
            } else {
                // Few keys, so that there are many ties.
                let key = Int64.random(in: 0..<50, using: &random)
                heap.set(number, to: key, &positions)
                model[number] = key
            }
            let first = model.min { ($0.value, $0.key) < ($1.value, $1.key) }
            #expect(heap.first?.number == first?.key)
            #expect(heap.first?.key == first?.value)
            #expect(heap.count == model.count)
        }
        while let first = heap.first {
            let wanted = model.min { ($0.value, $0.key) < ($1.value, $1.key) }
            #expect(first.number == wanted?.key)
            heap.remove(first.number, &positions)
            model[first.number] = nil
            #expect(positions[first.number] == nil)
        }
        #expect(model.isEmpty)
    }

    @Test func removingWhatIsNotInChangesNothing() {
        var heap = IndexedHeap<Int64>()
        var positions = HeapPositions()
        heap.remove(7, &positions)
        heap.set(3, to: 1, &positions)
        heap.remove(7, &positions)
        heap.remove(2, &positions)
        #expect(heap.count == 1)
        #expect(positions[3] == 0)
    }

    @Test(arguments: [UInt64(5), 6, 7])
    func severalHeapsAreReadInOneOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var heaps = [IndexedHeap<Int64>](repeating: IndexedHeap(), count: 4)
        var positions = HeapPositions()
        var model: [(key: Int64, number: UInt32)] = []
        for number in UInt32(0)..<400 {
            let key = Int64.random(in: 0..<100, using: &random)
            heaps[Int(number) % 3].set(number, to: key, &positions)
            model.append((key, number))
        }
        var frontier = HeapFrontier(heaps, through: 60)
        var read: [UInt32] = []
        while let number = frontier.next() { read.append(number) }
        #expect(
            read == model.filter { $0.key <= 60 }.sorted { ($0.key, $0.number) < ($1.key, $1.number) }.map(\.number))
        #expect(heaps.map(\.count).reduce(0, +) == 400)
    }

    @Test(arguments: [UInt64(8), 9])
    func aTableFindsWhatIsInIt(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var table = NumberTable()
        var hashes: [UInt32: Int] = [:]
        for _ in 0..<20_000 {
            let number = UInt32.random(in: 0..<2000, using: &random)
            // Few hashes, so that numbers share them.
            let hash = hashes[number] ?? Int.random(in: -200..<200, using: &random)
            if hashes[number] != nil, Bool.random(using: &random) {
                table.remove(number, hash: hash)
                hashes[number] = nil
            } else if hashes[number] == nil {
                table.insert(number, hash: hash)
                hashes[number] = hash
            }
            #expect((table.find(hash: hash) { $0 == number } != nil) == (hashes[number] != nil))
        }
        for number in UInt32(0)..<2000 {
            let hash = hashes[number] ?? 0
            #expect((table.find(hash: hash) { $0 == number } != nil) == (hashes[number] != nil))
        }
    }
}
