package import CarillonTriggers
import Foundation

/// A file of jobs, read and checked.
package struct JobsFile: Sendable {
    /// A command and when it runs.
    package struct Job: Sendable {
        /// NFC text of 1 to 200 UTF-8 bytes without control characters.
        package let id: String
        /// Nothing where the job runs once, when it is first seen.
        package let trigger: Trigger?
        /// The program and its arguments.
        package let command: [String]
    }

    /// The most bytes that a file may have.
    static let maximumSize = 10_000_000

    /// The zone of triggers that name none.
    package internal(set) var zone = Zone.utc
    /// The folder or file of the database, as the file names it.
    package internal(set) var state: String?
    package internal(set) var jobs: [Job] = []

    init() {}

    /// Reads a file from the disk.
    ///
    /// - Throws: `CommandFailure`; where the text is wrong, with a line `file:line:column: …` for each problem.
    init(path: String) throws(CommandFailure) {
        func failure() -> CommandFailure {
            CommandFailure(.missingFile, "\(path): \(String(cString: strerror(errno)))")
        }
        guard let file = fopen(path, "re") else { throw failure() }
        defer { fclose(file) }
        // One byte more than allowed tells, and a device without an end is not read for ever.
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.maximumSize + 1) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
        }
        guard ferror(file) == 0 else { throw failure() }
        try self.init(bytes, name: path)
    }

    /// Reads the text of a file.
    ///
    /// - Throws: `CommandFailure` with a line `name:line:column: …` for each problem.
    package init(_ bytes: [UInt8], name: String) throws(CommandFailure) {
        var reader = JobsFileReader()
        reader.read(bytes)
        if let description = reader.problems(in: name) { throw CommandFailure(.badConfiguration, description) }
        self = reader.file
    }
}
