import Carillon
import CarillonSQLite
import CarillonTesting
import Foundation
import Testing

/// The log is made longer before it is needed, and nobody's frames are written over.
@Suite("Room in the log")
struct LogRoomTests {
    private let file: StoreFile

    /// A file that was there before, without a log.
    init() async throws {
        file = try StoreFile()
        await (try await file.open()).close()
    }

    private func add(_ numbers: Range<Int>, to store: SQLiteJobStore) async throws -> [UInt64] {
        var lengths: [UInt64] = []
        for number in numbers {
            #expect(try await store.insert([try TestJobs.job("job \(number)")]).compactMap(\.self).count == 1)
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path + "-wal")
            lengths.append(try #require(attributes[.size] as? UInt64))
        }
        return lengths
    }

    /// What a program would leave behind that was killed now: whoever opens it reads the log from its beginning.
    private func copyAsItLies() throws -> StoreFile {
        let copy = try StoreFile()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: file.path + suffix, toPath: copy.path + suffix)
        }
        return copy
    }

    @Test("After some commits the log grows by a megabyte, and not again until most of that is written")
    func steps() async throws {
        let lengths = try await add(0..<30, to: try await file.open())
        let step = try #require(lengths.indices.dropFirst().first { lengths[$0] > lengths[$0 - 1] + 900_000 })
        #expect(step > 2)
        #expect(Set(lengths[step...]).count == 1, "\(lengths)")
    }

    @Test("What writes a little leaves the log short")
    func little() async throws {
        let lengths = try await add(0..<3, to: try await file.open())
        #expect(try #require(lengths.last) < 200_000)
    }

    @Test("What another store has written since is not written over")
    func inTurns() async throws {
        let stores = [try await file.open(), try await file.open()]
        var count = 0
        func add(to store: SQLiteJobStore) async throws -> UInt64 {
            count += 1
            return try #require(try await self.add((count - 1)..<count, to: store).last)
        }
        // From so many frames on, the next commit makes room.
        while try await add(to: stores[0]) < 32 + 32 * 4120 {}
        let before = try await add(to: stores[1])
        #expect(try await add(to: stores[0]) > before + 900_000)
        for turn in 0..<200 { _ = try await add(to: stores[turn % 2]) }
        let copy = try copyAsItLies()
        for store in [stores[0], try await copy.open()] {
            #expect(try await TestJobs.ids(store).count == count)
            #expect(try await store.damages() == [])
        }
    }

    @Test("A log that a program left behind is read as far as it was written")
    func leftBehind() async throws {
        let store = try await file.open()
        let lengths = try await add(0..<40, to: store)
        #expect(try #require(lengths.last) > 900_000)
        let copy = try copyAsItLies()
        let recovered = try await copy.open()
        #expect(try await TestJobs.ids(recovered).count == 40)
        #expect(try await recovered.insert([try TestJobs.job("after")]).compactMap(\.self).count == 1)
        #expect(try await recovered.damages() == [])
    }
}
