#if Command
import ArgumentParser
import CarillonTriggers

/// One of several words as the value of an option: of another one it is told which was meant.
enum Choice {
    /// - Throws: `ValidationError` with the nearest word, and all of them.
    static func read<Word: RawRepresentable<String> & CaseIterable>(_ text: String) throws -> Word {
        guard let word = Word(rawValue: text) else {
            throw ValidationError("it \(refusal(ofWord: text, among: words(of: Word.self)))")
        }
        return word
    }

    /// The words, for a shell that completes them.
    static func completion<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> CompletionKind {
        .list(words(of: type))
    }

    /// The words, for the help: `paused, active or ended`.
    static func list<Word: RawRepresentable<String> & CaseIterable>(of type: Word.Type) -> String {
        EnglishText.list(words(of: type), "or")
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(of _: Word.Type) -> [String] {
        Word.allCases.map(\.rawValue)
    }
}
#endif
