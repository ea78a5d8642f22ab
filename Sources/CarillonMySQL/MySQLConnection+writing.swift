#if MySQL
package import Carillon
package import CarillonSQL

extension MySQLConnection {
    /// The number of rows, and of their bytes, that one statement writes.
    private static let rowsAtOnce = 5000
    private static let bytesAtOnce = 2 << 20
    /// The bytes of a row that has a statement of its own, which sends it as it is.
    private static let longRow = 64 << 10
    /// How often an insertion is tried whose keys others take meanwhile.
    private static let insertionRounds = 10

    package func write(_ write: SQLWrite, _ rows: SQLRows) throws(CarillonError) -> [Bool] {
        guard rows.count > 0 else { return [] }
        let all = (0..<rows.count).map { rows.values[$0 * rows.width..<($0 + 1) * rows.width] }
        var written: [Bool] = []
        written.reserveCapacity(all.count)
        for batch in Self.batches(of: all) {
            let some = Array(all[batch])
            written += some.count == 1 ? [try self.write(write, row: some[0])] : try self.write(write, several: some)
        }
        return written
    }

    /// Splits rows, so that no statement is too long for the server: long ones stand alone.
    private static func batches(of rows: [ArraySlice<SQLValue>]) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var first = 0
        var size = 0
        for (index, row) in rows.enumerated() {
            let length = row.reduce(0) { $0 + $1.roughLength }
            let isLong = length > longRow
            if index > first, isLong || size + length > bytesAtOnce || index - first == rowsAtOnce {
                batches.append(first..<index)
                (first, size) = (index, 0)
            }
            size += length
            if isLong {
                batches.append(index..<index + 1)
                (first, size) = (index + 1, 0)
            }
        }
        if first < rows.count { batches.append(first..<rows.count) }
        return batches
    }

    /// Writes a row with a statement that has a placeholder for each of its values.
    private func write(_ write: SQLWrite, row: ArraySlice<SQLValue>) throws(CarillonError) -> Bool {
        let isTakenTold = write.kind == .insertUnlessTaken
        let form = isTakenTold ? SQLWrite(.insert, write.table, columns: write.columns) : write
        do throws(MySQLFailure) {
            let result = try attempt(text(form.statement(dialect)), MySQLParameters(Array(row)), mayRepeat: false)
            return write.kind == .offer || write.kind == .upsert || result.affected == 1
        } catch {
            if isTakenTold, error.isDuplicate { return false }
            throw error.error(server.place)
        }
    }

    private func write(_ write: SQLWrite, several rows: [ArraySlice<SQLValue>]) throws(CarillonError) -> [Bool] {
        let form = MySQLWrite(write, rows)
        switch write.kind {
        case .insert, .offer, .upsert:
            _ = try result(of: statement(form), Self.parameters(rows), mayRepeat: false)
            return rows.map { _ in true }
        case .insertUnlessTaken: return try insertUnlessTaken(write, form, rows)
        case .update where !write.sums.isEmpty: return try add(write, form, rows)
        case .update:
            let found = try result(of: statement(form), Self.parameters(rows), mayRepeat: false).affected
            if found == UInt64(rows.count) { return rows.map { _ in true } }
            return try marks(of: form.traces, rows)
        case .delete:
            let deleted = try result(of: statement(form), Self.parameters(rows), mayRepeat: false).affected
            // Their number is right, and which of them there were nobody asks.
            return rows.indices.map { UInt64($0) < deleted }
        }
    }

    private func statement(_ form: MySQLWrite) -> String {
        if let known = forms[form] { return known }
        let sql = text(form.statement(dialect))
        forms[form] = sql
        return sql
    }

    private static func parameters(_ rows: [ArraySlice<SQLValue>]) -> MySQLParameters {
        var json: [UInt8] = []
        MySQLJSON.append(rows: rows, to: &json)
        return MySQLParameters(json: json)
    }

    /// Runs a query that answers with places of rows, and returns for each row whether its place was among them.
    private func marks(of sql: String, _ rows: [ArraySlice<SQLValue>]) throws(CarillonError) -> [Bool] {
        var marks = rows.map { _ in false }
        try result(of: text(sql), Self.parameters(rows), mayRepeat: false).each { row in
            if let place = try? row.integer(0), case let index = Int(place) - 1, marks.indices.contains(index) {
                marks[index] = true
            }
        }
        return marks
    }

    /// Inserts rows whose keys are free. A statement whose keys are taken inserts nothing, so those are looked up, and the
    /// rest is inserted again.
    private func insertUnlessTaken(
        _ write: SQLWrite, _ form: MySQLWrite, _ rows: [ArraySlice<SQLValue>]
    ) throws(CarillonError) -> [Bool] {
        var left = Self.firstOfEachKey(write, rows)
        var written = rows.map { _ in false }
        for _ in 0..<Self.insertionRounds where !left.isEmpty {
            let some = left.map { rows[$0] }
            do throws(MySQLFailure) {
                _ = try attempt(statement(form), Self.parameters(some), mayRepeat: false)
                for index in left { written[index] = true }
                return written
            } catch {
                guard error.isDuplicate else { throw error.error(server.place) }
            }
            // The insertion has locked such a key for reading, and to want more than that could end in a deadlock.
            let taken = try marks(of: form.presence(lock: " LOCK IN SHARE MODE"), some)
            left = zip(left, taken).filter { !$1 }.map(\.0)
        }
        guard left.isEmpty else {
            throw CarillonError(.storeUnavailable, "\(server.place) was in the way of other sessions; try again")
        }
        return written
    }

    /// Adds to rows that sessions share. They are locked first, in the order of the list, which also tells which there are.
    private func add(
        _ write: SQLWrite, _ form: MySQLWrite, _ rows: [ArraySlice<SQLValue>]
    ) throws(CarillonError) -> [Bool] {
        let kept = Self.firstOfEachKey(write, rows)
        let there = try marks(of: form.presence(lock: " FOR UPDATE"), kept.map { rows[$0] })
        let found = zip(kept, there).filter(\.1).map(\.0)
        var written = rows.map { _ in false }
        guard !found.isEmpty else { return written }
        _ = try result(of: statement(form), Self.parameters(found.map { rows[$0] }), mayRepeat: false)
        for index in found { written[index] = true }
        return written
    }

    /// Returns the places of rows without those whose key one before has.
    private static func firstOfEachKey(_ write: SQLWrite, _ rows: [ArraySlice<SQLValue>]) -> [Int] {
        let places =
            write.kind == .update
            ? write.key.indices.map { write.columns.count + $0 }
            : write.key.compactMap { write.columns.firstIndex(of: $0) }
        var seen: Set<[SQLValue]> = []
        return rows.indices.filter { index in
            let row = rows[index]
            return seen.insert(places.map { row[row.startIndex + $0] }).inserted
        }
    }
}

extension SQLValue {
    /// About as many bytes as it takes in a statement.
    fileprivate var roughLength: Int {
        switch self {
        case .null, .integer: 8
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .texts, .integers: 0
        }
    }
}
#endif
