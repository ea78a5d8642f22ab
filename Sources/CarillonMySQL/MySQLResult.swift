#if MySQL
internal import CMySQL
internal import CarillonSQL

/// An answer of the server, read as a whole.
struct MySQLResult {
    fileprivate enum Kind {
        /// A whole number of up to 64 bits.
        case integer
        /// A number in digits, such as a sum.
        case decimal
        /// Bytes, which may be a text: a column has no other texts than those that are compared as bytes.
        case bytes
        case other
    }

    fileprivate struct Column {
        let name: String
        let kind: Kind
    }

    fileprivate enum Cell {
        case null
        case integer(Int64)
        case bytes(Range<Int>)
    }

    /// The number of rows that were changed, inserted or deleted, or that an update has found.
    let affected: UInt64
    /// The number of rows of the answer.
    let count: Int
    fileprivate var columns: [Column] = []
    /// Row after row.
    fileprivate var cells: [Cell] = []
    fileprivate var bytes: [UInt8] = []

    /// An answer without rows.
    init(affected: UInt64) {
        self.affected = affected
        count = 0
    }

    /// Reads the rows that a statement has stored; `nil` after an error.
    init?(rowsOf statement: UnsafeMutablePointer<MYSQL_STMT>) {
        guard let metadata = mysql_stmt_result_metadata(statement) else { return nil }
        defer { mysql_free_result(metadata) }
        let width = Int(mysql_num_fields(metadata))
        let fields = UnsafeBufferPointer(start: mysql_fetch_fields(metadata), count: width)
        let columns = fields.map { Column(name: String(cString: $0.name), kind: Kind($0.type)) }
        // One buffer with room for the longest value of each column.
        var starts: [Int] = []
        var room = 0
        for (field, column) in zip(fields, columns) {
            starts.append(room)
            room += column.kind == .integer ? 8 : (Int(field.max_length) + 15) / 8 * 8
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(8, room), alignment: 8)
        defer { buffer.deallocate() }
        let lengths = UnsafeMutableBufferPointer<UInt>.allocate(capacity: max(1, width))
        lengths.initialize(repeating: 0)
        defer { lengths.deallocate() }
        let nulls = UnsafeMutableBufferPointer<my_bool>.allocate(capacity: max(1, width))
        nulls.initialize(repeating: 0)
        defer { nulls.deallocate() }
        var binds = columns.indices.map { index in
            var bind = MYSQL_BIND()
            bind.buffer_type = columns[index].kind == .integer ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_BLOB
            bind.buffer = buffer.baseAddress?.advanced(by: starts[index])
            bind.buffer_length = UInt((index + 1 < width ? starts[index + 1] : max(8, room)) - starts[index])
            bind.length = lengths.baseAddress?.advanced(by: index)
            bind.is_null = nulls.baseAddress?.advanced(by: index)
            return bind
        }
        guard mysql_stmt_bind_result(statement, &binds) == 0 else { return nil }
        var count = 0
        var cells: [Cell] = []
        var bytes: [UInt8] = []
        reading: while true {
            switch mysql_stmt_fetch(statement) {
            case 0, MYSQL_DATA_TRUNCATED: break
            case MYSQL_NO_DATA: break reading
            default: return nil
            }
            count += 1
            for index in 0..<width {
                if nulls[index] != 0 {
                    cells.append(.null)
                } else if columns[index].kind == .integer {
                    cells.append(.integer(buffer.load(fromByteOffset: starts[index], as: Int64.self)))
                } else {
                    let length = min(Int(lengths[index]), Int(binds[index].buffer_length))
                    let first = bytes.count
                    bytes += UnsafeRawBufferPointer(rebasing: buffer[starts[index]..<starts[index] + length])
                    cells.append(.bytes(first..<first + length))
                }
            }
        }
        (affected, self.count) = (0, count)
        (self.columns, self.cells, self.bytes) = (columns, cells, bytes)
    }

    /// Calls a closure with each row, which is valid only during the call.
    func each<Failure: Error>(_ body: (MySQLRow) throws(Failure) -> Void) throws(Failure) {
        let row = MySQLRow(self)
        for index in 0..<count {
            row.index = index
            try body(row)
        }
    }
}

extension MySQLResult.Kind {
    fileprivate init(_ type: enum_field_types) {
        switch type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG: self = .integer
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: self = .decimal
        case MYSQL_TYPE_STRING, MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_VARCHAR, MYSQL_TYPE_BLOB, MYSQL_TYPE_TINY_BLOB,
            MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB:
            self = .bytes
        default: self = .other
        }
    }
}

/// A row of an answer.
final class MySQLRow: SQLRow {
    private let result: MySQLResult
    /// The row, counted from 0.
    fileprivate(set) var index = 0

    init(_ result: MySQLResult) { self.result = result }

    private func cell(_ column: Int) throws(UnreadableRow) -> MySQLResult.Cell {
        guard result.columns.indices.contains(column) else { throw UnreadableRow("there is no column \(column)") }
        return result.cells[index * result.columns.count + column]
    }

    func isNull(_ column: Int) -> Bool {
        if case .null? = try? cell(column) { true } else { false }
    }

    func integer(_ column: Int) throws(UnreadableRow) -> Int64 {
        switch try cell(column) {
        case .null: throw UnreadableRow("\(result.columns[column].name) is missing")
        case .integer(let number): return number
        case .bytes(let range):
            guard result.columns[column].kind == .decimal,
                let number = Int64(String(decoding: result.bytes[range], as: UTF8.self))
            else { throw UnreadableRow("\(result.columns[column].name) is not a whole number of 64 bits") }
            return number
        }
    }

    func text(_ column: Int) throws(UnreadableRow) -> String {
        guard let text = String(validating: try slice(column), as: UTF8.self) else {
            throw UnreadableRow("\(result.columns[column].name) is not valid UTF-8")
        }
        return text
    }

    func bytes(_ column: Int) throws(UnreadableRow) -> [UInt8] { Array(try slice(column)) }

    private func slice(_ column: Int) throws(UnreadableRow) -> ArraySlice<UInt8> {
        guard case .bytes(let range) = try cell(column), result.columns[column].kind == .bytes else {
            let name = result.columns.indices.contains(column) ? result.columns[column].name : "column \(column)"
            throw UnreadableRow("\(name) is neither bytes nor a text")
        }
        return result.bytes[range]
    }
}
#endif
