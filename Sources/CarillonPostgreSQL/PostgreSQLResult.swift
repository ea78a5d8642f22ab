#if PostgreSQL
internal import CPostgreSQL
internal import CarillonSQL

/// An answer of the server.
final class PostgreSQLResult {
    private let handle: OpaquePointer

    /// Takes over an answer of libpq.
    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    /// The number of rows.
    var count: Int32 { PQntuples(handle) }

    /// What was done, such as `COMMIT` or `UPDATE 3`.
    var tag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// The error; `nil` if there is none.
    var failure: PostgreSQLFailure? {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        default: break
        }
        guard let state = field(UInt8(ascii: "C")) else {
            return PostgreSQLFailure(.lost, PQresultErrorMessage(handle).map { String(cString: $0) } ?? "")
        }
        let detail = field(UInt8(ascii: "D")).map { "; \($0)" } ?? ""
        // Messages are in the server's language; the name of the function in its source is not.
        let isStale = state == "0A000" && field(UInt8(ascii: "R")) == "RevalidateCachedQuery"
        return PostgreSQLFailure(.refused(state), (field(UInt8(ascii: "M")) ?? "") + detail, isStale: isStale)
    }

    /// Returns a field of an error by its letter in the protocol.
    private func field(_ letter: UInt8) -> String? {
        PQresultErrorField(handle, Int32(letter)).map { String(cString: $0) }
    }

    fileprivate func isNull(_ row: Int32, _ column: Int) -> Bool { PQgetisnull(handle, row, Int32(column)) == 1 }

    fileprivate func type(_ column: Int) -> PostgreSQLType? {
        PostgreSQLType(rawValue: PQftype(handle, Int32(column)))
    }

    fileprivate func name(_ column: Int) -> String {
        PQfname(handle, Int32(column)).map { String(cString: $0) } ?? "column \(column)"
    }

    /// The bytes of a value as the server sent them, valid while this object lives.
    fileprivate func value(_ row: Int32, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, Int32(column)), count: Int(PQgetlength(handle, row, Int32(column))))
    }
}

/// A row of an answer; all values are in the server's binary form.
final class PostgreSQLRow: SQLRow {
    private let result: PostgreSQLResult
    /// The row, counted from 0.
    var index: Int32 = 0

    init(_ result: PostgreSQLResult) { self.result = result }

    func isNull(_ column: Int) -> Bool { result.isNull(index, column) }

    func integer(_ column: Int) throws(UnreadableRow) -> Int64 {
        guard !isNull(column) else { throw UnreadableRow("\(result.name(column)) is missing") }
        let bytes = result.value(index, column)
        switch result.type(column) {
        case .int8 where bytes.count == 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case .int4 where bytes.count == 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case .int2 where bytes.count == 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case .numeric:
            guard let number = PostgreSQLNumeric.integer(bytes) else {
                throw UnreadableRow("\(result.name(column)) is not a whole number of 64 bits")
            }
            return number
        default: throw UnreadableRow("\(result.name(column)) is not a whole number")
        }
    }

    func text(_ column: Int) throws(UnreadableRow) -> String {
        guard !isNull(column), let type = result.type(column), type.isText else {
            throw UnreadableRow("\(result.name(column)) is not a text")
        }
        guard let text = PostgreSQLText.read(result.value(index, column)) else {
            throw UnreadableRow("\(result.name(column)) is not valid UTF-8")
        }
        return text
    }

    func bytes(_ column: Int) throws(UnreadableRow) -> [UInt8] {
        if let type = result.type(column), !isNull(column) {
            if type == .bytea { return Array(result.value(index, column)) }
            if type.isText { return Array(try text(column).utf8) }
        }
        throw UnreadableRow("\(result.name(column)) is neither bytes nor a text")
    }
}
#endif
