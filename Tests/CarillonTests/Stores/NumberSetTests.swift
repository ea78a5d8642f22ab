import Carillon
import Testing

@Suite struct NumberSetTests {
    @Test func keepsEachNumberOnceInTheOrderOfAdding() {
        var numbers = NumberSet()
        for number in [UInt32](arrayLiteral: 7, 100_000, 7, 0, 63, 64, 100_000, 0, 1) { numbers.add(number) }
        #expect(numbers.takeAll() == [7, 100_000, 0, 63, 64, 1])
    }

    @Test func isEmptyAfterAllWereTaken() {
        var numbers = NumberSet()
        for number in [UInt32](arrayLiteral: 65, 127, 3) { numbers.add(number) }
        _ = numbers.takeAll()
        #expect(numbers.takeAll() == [])
        numbers.add(127)
        numbers.add(3)
        #expect(numbers.takeAll() == [127, 3])
    }
}
