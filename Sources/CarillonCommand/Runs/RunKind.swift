#if Command
import ArgumentParser
import Carillon

/// The kind of runs as the value of an option.
enum RunKind {
    static let help = ArgumentHelp("Only runs of this kind: \(Choice.list(of: Occurrence.Kind.self)).")
    static let completion = Choice.completion(Occurrence.Kind.self)

    /// Reads what lists show, and `on-failure` besides.
    ///
    /// - Throws: `ValidationError` with the nearest word, and all of them.
    static func read(_ text: String) throws -> Occurrence.Kind {
        try Choice.read(text == "on-failure" ? Occurrence.Kind.onFailure.rawValue : text)
    }
}
#endif
