#if MySQL
internal import Carillon
internal import CarillonSQL

extension SQLSequence {
    /// Generations in blocks of a thousand, each with a number that the server counts up: it gives one without a wait for
    /// other transactions, and only one at a time for certain.
    static let ofBlocks = SQLSequence(
        creation: "CREATE TABLE carillon_generations (block BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY)",
        next: { (count, connection) throws(CarillonError) in
            var numbers: [Int64] = []
            numbers.reserveCapacity(count)
            while numbers.count < count {
                try connection.execute("INSERT INTO carillon_generations () VALUES ()", [])
                var block: Int64?
                try connection.query("SELECT LAST_INSERT_ID()", []) { row in block = try? row.integer(0) }
                guard let block, block > 0, block < Int64.max / blockSize - 1 else {
                    throw CarillonError(.storeFailed, "the database has no generations left in carillon_generations")
                }
                // The server goes on counting nevertheless.
                try connection.execute("DELETE FROM carillon_generations WHERE block = ?", [.integer(block)])
                let left = Int64(count - numbers.count)
                numbers += (0..<min(left, blockSize)).map { block * blockSize + $0 }
            }
            return numbers
        },
        raise: { (number, connection) throws(CarillonError) in
            let block = number / blockSize
            guard block > 0 else { return }
            try connection.execute(
                "INSERT INTO carillon_generations (block) VALUES (?) ON DUPLICATE KEY UPDATE block = VALUES(block)",
                [.integer(block)])
            try connection.execute("DELETE FROM carillon_generations WHERE block = ?", [.integer(block)])
        })

    private static let blockSize: Int64 = 1000
}
#endif
