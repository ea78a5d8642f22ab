#if MySQL
import Carillon
import CarillonMySQL
import CarillonSQL
import CarillonTesting
import Testing

/// Writes of rows, and what is told of them.
@Suite(.timeLimit(.minutes(2))) struct WriteTests {
    @Test func rowsThatAreWrittenAreTold() throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try database.execute("CREATE TABLE carillon_trial (a VARBINARY(1000) PRIMARY KEY, b BIGINT, c LONGBLOB)")
        let connection = try MySQLConnection(try database.address())
        func rows(_ values: [[SQLValue]]) -> SQLRows {
            var rows = SQLRows(width: values[0].count)
            for row in values { rows.append(contentsOf: row) }
            return rows
        }
        let columns = ["a", "b", "c"]
        let insertion = SQLWrite(.insertUnlessTaken, "carillon_trial", columns: columns, key: ["a"])
        let odd = "é\u{0}\"\\' \u{1F600}"
        let bytes = SQLValue.bytes([0, 255, 10])
        try connection.begin(connection.dialect.beginWriting)
        let first: [[SQLValue]] = [
            [.text("a"), .integer(.min), bytes], [.text("b"), .integer(.max), .null], [.text(odd), .null, .bytes([])],
        ]
        #expect(try connection.write(insertion, rows(first)) == [true, true, true])
        // The first of two with one key is inserted, and what is there stays.
        let again: [[SQLValue]] = [
            [.text("b"), .integer(1), .null], [.text("d"), .integer(2), .null], [.text("d"), .integer(3), .null],
        ]
        #expect(try connection.write(insertion, rows(again)) == [false, true, false])
        #expect(try connection.write(insertion, rows([[.text("b"), .null, .null]])) == [false])
        var read: [SQLValue: [SQLValue]] = [:]
        try connection.query("SELECT a, b, c FROM carillon_trial", []) { (row) throws(CarillonError) in
            let cells = [SQLValue(try? row.integer(1)), SQLValue(try? row.optionalBytes(2).flatMap(\.self))]
            read[.text((try? row.text(0)) ?? "?")] = cells
        }
        #expect(read[.text("a")] == [.integer(.min), bytes])
        #expect(read[.text("b")] == [.integer(.max), .null])
        #expect(read[.text(odd)] == [.null, .bytes([])])
        #expect(read[.text("d")]?.first == .integer(2))
        // Equal values count as written.
        let update = SQLWrite(.update, "carillon_trial", columns: ["b"], key: ["a"])
        let same: [[SQLValue]] = [[.integer(2), .text("d")], [.integer(.max), .text("b")]]
        #expect(try connection.write(update, rows(same)) == [true, true])
        #expect(try connection.write(update, rows([same[0]])) == [true])
        #expect(try connection.write(update, rows(same + [[.integer(1), .text("z")]])) == [true, true, false])
        let sums = SQLWrite(.update, "carillon_trial", columns: ["b"], key: ["a"], sums: ["b"])
        #expect(
            try connection.write(sums, rows([[.integer(5), .text("z")], [.integer(5), .text("d")]])) == [false, true])
        #expect(try connection.write(sums, rows([[.integer(5), .text("d")]])) == [true])
        // A guard that is written, too.
        let turn = SQLWrite(.update, "carillon_trial", columns: ["b"], key: ["a", "b"])
        let turned: [[SQLValue]] = [
            [.integer(13), .text("d"), .integer(12)], [.integer(1), .text("b"), .integer(99)],
        ]
        #expect(try connection.write(turn, rows(turned)) == [true, false])
        let upsert = SQLWrite(.upsert, "carillon_trial", columns: columns, key: ["a"])
        _ = try connection.write(
            upsert, rows([[.text("d"), .integer(20), bytes], [.text("e"), .integer(21), .null]]))
        let deletion = SQLWrite(.delete, "carillon_trial", key: ["a"])
        #expect(try connection.write(deletion, rows([[.text("d")], [.text("e")], [.text("z")]])).count { $0 } == 2)
        #expect(try connection.write(deletion, rows([[.text("z")]])) == [false])
        try connection.commit()
        #expect(try database.execute("SELECT count(*) FROM carillon_trial") == [["3"]])
        connection.close()
    }

    @Test func aLongValueIsSentAsItIs() throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try database.execute("CREATE TABLE carillon_trial (a BIGINT PRIMARY KEY, b LONGBLOB)")
        let connection = try MySQLConnection(try database.address())
        let long = [UInt8](repeating: 7, count: 9 << 20)
        var rows = SQLRows(width: 2)
        for (number, value) in [[1], long, [2]].enumerated() {
            rows.append(Int64(number))
            rows.append(value)
        }
        try connection.begin(connection.dialect.beginWriting)
        let insertion = SQLWrite(.insert, "carillon_trial", columns: ["a", "b"])
        #expect(try connection.write(insertion, rows) == [true, true, true])
        try connection.commit()
        var read: [UInt8] = []
        try connection.query("SELECT b FROM carillon_trial WHERE a = 1", []) { row in read = (try? row.bytes(0)) ?? [] }
        #expect(read == long)
        connection.close()
    }

    @Test func statementsDoNotGrowWithTheJobs() throws {
        let database = try TestDatabase()
        defer { withExtendedLifetime(database) {} }
        try database.execute("CREATE TABLE carillon_trial (a BIGINT PRIMARY KEY, b BIGINT)")
        let connection = try MySQLConnection(try database.address())
        func sent(_ count: Int, from first: Int) throws -> Int {
            let before = try questions(connection)
            var rows = SQLRows(width: 2)
            for number in first..<first + count { rows.append(contentsOf: [.integer(Int64(number)), .integer(1)]) }
            _ = try connection.write(SQLWrite(.insert, "carillon_trial", columns: ["a", "b"]), rows)
            return try questions(connection) - before
        }
        _ = try sent(2, from: 0)
        #expect(try sent(10, from: 10) == (try sent(1000, from: 1000)))
        connection.close()
    }

    private func questions(_ connection: MySQLConnection) throws -> Int {
        var count = 0
        try connection.query(
            """
            SELECT CAST(variable_value AS SIGNED) FROM information_schema.session_status
            WHERE variable_name = 'COM_STMT_EXECUTE'
            """, []
        ) { row in count = Int((try? row.integer(0)) ?? 0) }
        return count
    }
}
#endif
