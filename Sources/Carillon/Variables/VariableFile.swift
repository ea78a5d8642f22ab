import Foundation

/// A file of variables in the dotenv format: `NAME=value` on each line.
///
/// Blank lines and lines that begin with `#` are skipped, and so is `export` before a name. A value without quotes ends
/// at ` #`, and blanks around it are removed. A value in single quotes is literal; in double quotes `\n`, `\r`, `\t`,
/// `\"`, `\\` and `\$` are escapes. Quoted values may span several lines. Variables in values are not replaced.
package struct VariableFile: Sendable {
    /// A syntax error, and the line it is on.
    package struct Problem: Error, Equatable {
        /// The number of the line, from 1.
        package let line: Int
        package let message: String
    }

    /// The variables; the last of several with the same name counts.
    package private(set) var variables: [String: String] = [:]

    /// Parses a text.
    ///
    /// - Throws: `Problem` for the first line that is malformed.
    package init(_ text: String) throws(Problem) {
        let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.first {
            let number = lines.startIndex + 1
            lines = lines.dropFirst()
            var rest = line.drop { $0.isWhitespace }
            if rest.isEmpty || rest.hasPrefix("#") { continue }
            if rest.hasPrefix("export "), !rest.dropFirst(7).drop(while: \.isWhitespace).hasPrefix("=") {
                rest = rest.dropFirst(7).drop { $0.isWhitespace }
            }
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            rest = rest[name.endIndex...].drop { $0 == " " || $0 == "\t" }
            guard let first = name.first, !first.isNumber, rest.hasPrefix("=") else {
                // The message leaves out the line, which may hold a secret.
                throw Problem(line: number, message: "must be NAME=value, a comment that begins with '#', or blank")
            }
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let value =
                switch rest.first {
                case "'", "\"": try Self.quoted(rest, &lines, number)
                default: Self.plain(rest)
                }
            guard !value.utf8.contains(0) else { throw Problem(line: number, message: "the value has a NUL in it") }
            variables[String(name)] = value
        }
    }

    private static func plain(_ text: Substring) -> String {
        var value = text
        if value.hasPrefix("#") { return "" }
        for mark in [" #", "\t#"] {
            if let comment = value.firstRange(of: mark) { value = value[..<comment.lowerBound] }
        }
        return value.trimmingCharacters(in: .whitespaces)
    }

    /// Returns a value in quotes, which may continue on the next lines.
    private static func quoted(
        _ text: Substring, _ lines: inout ArraySlice<Substring>, _ number: Int
    ) throws(Problem) -> String {
        let quote = text.first
        var value = ""
        var rest = text.dropFirst()
        var isEscaped = false
        while true {
            while let character = rest.popFirst() {
                if isEscaped {
                    value.append(contentsOf: escape(character))
                    isEscaped = false
                } else if character == "\\", quote == "\"" {
                    isEscaped = true
                } else if character == quote {
                    rest = rest.drop { $0 == " " || $0 == "\t" }
                    guard rest.isEmpty || rest.hasPrefix("#") else {
                        throw Problem(line: number, message: "has something behind the closing quote")
                    }
                    return value
                } else {
                    value.append(character)
                }
            }
            guard let next = lines.popFirst() else {
                throw Problem(line: number, message: "the quote of the value is not closed")
            }
            // A backslash at the end of a line joins it to the next.
            if isEscaped { isEscaped = false } else { value.append("\n") }
            rest = next
        }
    }

    private static func escape(_ character: Character) -> String {
        switch character {
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "\"", "\\", "$": String(character)
        default: "\\\(character)"
        }
    }
}

/// Reading of files that hold secrets.
enum SecretFile {
    /// The largest file that is read, in bytes.
    static let sizeLimit = 1_000_000

    /// Returns the text of a regular file. Other files are refused, since a pipe may never end.
    ///
    /// - Throws: `CarillonError` whose message begins with the file's name as it was written.
    static func text(_ path: String, named name: String) throws(CarillonError) -> String {
        func failure(_ problem: String) -> CarillonError {
            CarillonError(.unresolvedArguments, "the file '\(name)' \(problem)")
        }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failure("is not a regular file")
        }
        var bytes: [UInt8] = []
        while bytes.count <= sizeLimit {
            let block = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                count = max(0, read(descriptor, buffer.baseAddress, 1 << 16))
            }
            if block.isEmpty { break }
            bytes += block
        }
        guard bytes.count <= sizeLimit else { throw failure("is larger than \(sizeLimit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("is not UTF-8 text") }
        return text
    }
}
