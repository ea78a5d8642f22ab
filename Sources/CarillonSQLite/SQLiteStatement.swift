internal import CSQLite
internal import CarillonSQL

/// A prepared statement and its current row.
final class SQLiteStatement: SQLRow {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { sqlite3_finalize(handle) }

    /// Binds a value to a placeholder, counted from 1, and returns SQLite's result code.
    func bind(_ value: SQLValue, at position: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, position)
        case .integer(let number): return sqlite3_bind_int64(handle, position, number)
        case .text(let text): return bind(text, at: position)
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { buffer in
                // A null pointer would bind NULL instead of an empty value.
                guard let start = buffer.baseAddress else { return sqlite3_bind_zeroblob(handle, position, 0) }
                return sqlite3_bind_blob64(
                    handle, position, start, UInt64(buffer.count), carillon_sqlite_transient())
            }
        case .texts(let texts): return bind(JSONTexts.write(texts), at: position)
        case .integers(let numbers):
            var list = "["
            for (index, number) in numbers.enumerated() {
                if index > 0 { list += "," }
                list += String(number)
            }
            return bind(list + "]", at: position)
        }
    }

    private func bind(_ text: String, at position: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { buffer in
            guard let start = buffer.baseAddress else {
                return sqlite3_bind_text(handle, position, "", 0, carillon_sqlite_transient())
            }
            return start.withMemoryRebound(to: CChar.self, capacity: buffer.count) { characters in
                sqlite3_bind_text64(
                    handle, position, characters, UInt64(buffer.count), carillon_sqlite_transient(), UInt8(SQLITE_UTF8)
                )
            }
        }
    }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    func integer(_ column: Int) throws(UnreadableRow) -> Int64 {
        guard sqlite3_column_type(handle, Int32(column)) == SQLITE_INTEGER else {
            throw UnreadableRow("\(name(of: column)) is not a whole number")
        }
        return sqlite3_column_int64(handle, Int32(column))
    }

    func text(_ column: Int) throws(UnreadableRow) -> String {
        guard sqlite3_column_type(handle, Int32(column)) == SQLITE_TEXT else {
            throw UnreadableRow("\(name(of: column)) is not a text")
        }
        guard let text = withBytes(column, { String(validating: $0, as: UTF8.self) }) else {
            throw UnreadableRow("\(name(of: column)) is not valid UTF-8")
        }
        return text
    }

    func bytes(_ column: Int) throws(UnreadableRow) -> [UInt8] {
        switch sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_TEXT, SQLITE_BLOB: return withBytes(column) { Array($0) }
        default: throw UnreadableRow("\(name(of: column)) is neither bytes nor a text")
        }
    }

    private func withBytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        // The pointer first: the count refers to it.
        let start = sqlite3_column_blob(handle, Int32(column))
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    private func name(of column: Int) -> String {
        sqlite3_column_name(handle, Int32(column)).map { String(cString: $0) } ?? "column \(column)"
    }
}
