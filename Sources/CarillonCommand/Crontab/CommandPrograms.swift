#if Command
/// The programs that a line for the shell starts, as far as its first words tell: what a person calls the line by.
///
/// Arguments and values of variables are left out, since they may be secrets. It is no shell: quotes, `$(…)` and
/// redirections are passed over, nothing is expanded.
struct CommandPrograms {
    /// Their names without folders, in order, each once.
    let names: [String]

    /// Words before which the program still comes.
    private static let prefixes: Set<String> = ["!", "exec", "command", "nohup", "time", "if", "then", "do"]
    /// What prepares for a program and says nothing of it.
    private static let preparations: Set<String> = [
        "cd", "test", "[", "[[", ":", "true", "sleep", "export", "set", "umask",
    ]

    init(_ line: String) {
        var names: [String] = []
        for words in Self.commands(line) {
            let rest = words.drop { Self.prefixes.contains($0) || Self.isAssignment($0) || Self.isRedirection($0) }
            guard let first = rest.first, !Self.preparations.contains(first) else { continue }
            let program = first.split(separator: "/").last.map(String.init) ?? ""
            let plain = program.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
            if !plain.isEmpty, !names.contains(plain) { names.append(plain) }
        }
        self.names = names
    }

    /// The words of each command of the line.
    private static func commands(_ line: String) -> [[String]] {
        var commands: [[String]] = [[]]
        var word = ""
        var quote: Character?
        var depth = 0
        var before: Character = " "
        func isEscaped() -> Bool { before == "\\" && quote != "'" }
        for character in line {
            defer { before = isEscaped() ? " " : character }
            if depth > 0 {
                depth += character == "(" ? 1 : character == ")" ? -1 : 0
            } else if let open = quote {
                if character == open, !isEscaped() { quote = nil } else { word.append(character) }
            } else if isEscaped() {
                word.append(character)
            } else if "'\"`".contains(character) {
                quote = character
            } else if character == "(", before == "$" {
                depth = 1
            } else if character == "&", before == ">" || before == "<" {
                word.append(character)
            } else if character.isWhitespace || ";|&(){}".contains(character) {
                if !word.isEmpty { commands[commands.count - 1].append(word) }
                word = ""
                if !character.isWhitespace || character.isNewline { commands.append([]) }
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { commands[commands.count - 1].append(word) }
        return commands
    }

    /// `NAME=value`, before a program.
    private static func isAssignment(_ word: String) -> Bool {
        guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return false }
        return word[..<sign].allSatisfy { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// `>file`, `2>&1`.
    private static func isRedirection(_ word: String) -> Bool {
        let rest = word.drop { $0.isNumber }
        return rest.first == ">" || rest.first == "<"
    }
}
#endif
