#if Macros
import SwiftDiagnostics
import SwiftSyntax

/// What the compiler is to say of a decoration.
struct Finding: DiagnosticMessage {
    let message: String
    let severity: DiagnosticSeverity
    var diagnosticID: MessageID { MessageID(domain: "Carillon", id: "decoration") }

    /// Returns an error at a node, or some bytes behind its beginning.
    static func error(
        _ message: String, at node: some SyntaxProtocol, offset: Int? = nil, fix: Fix? = nil
    ) -> Diagnostic {
        diagnostic(message, .error, node, offset, fix)
    }

    /// Returns a warning at a node, or some bytes behind its beginning.
    static func warning(_ message: String, at node: some SyntaxProtocol, offset: Int? = nil) -> Diagnostic {
        diagnostic(message, .warning, node, offset, nil)
    }

    private static func diagnostic(
        _ message: String, _ severity: DiagnosticSeverity, _ node: some SyntaxProtocol, _ offset: Int?, _ fix: Fix?
    ) -> Diagnostic {
        let position = offset.map { node.positionAfterSkippingLeadingTrivia.advanced(by: $0) }
        return Diagnostic(
            node: node, position: position, message: Finding(message: message, severity: severity),
            fixIts: fix.map { [$0.fixIt] } ?? [])
    }
}

/// An edit that mends what was found.
struct Fix: FixItMessage {
    let message: String
    private let change: FixIt.Change

    var fixItID: MessageID { MessageID(domain: "Carillon", id: "fix") }
    var fixIt: FixIt { FixIt(message: self, changes: [change]) }

    /// Writes a text before a node.
    init(_ message: String, insert text: String, before node: some SyntaxProtocol) {
        self.message = message
        let position = node.positionAfterSkippingLeadingTrivia
        change = .replaceText(range: position..<position, with: text, in: Syntax(node))
    }
}
#endif
