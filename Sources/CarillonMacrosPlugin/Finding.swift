#if Macros
import SwiftDiagnostics
import SwiftSyntax

/// What the compiler is to say of a decoration.
struct Finding: DiagnosticMessage {
    let message: String
    let severity: DiagnosticSeverity
    var diagnosticID: MessageID { MessageID(domain: "Carillon", id: "decoration") }

    /// Returns an error at a node, or some bytes behind its beginning.
    static func error(_ message: String, at node: some SyntaxProtocol, offset: Int? = nil) -> Diagnostic {
        diagnostic(message, .error, node, offset)
    }

    /// Returns a warning at a node, or some bytes behind its beginning.
    static func warning(_ message: String, at node: some SyntaxProtocol, offset: Int? = nil) -> Diagnostic {
        diagnostic(message, .warning, node, offset)
    }

    private static func diagnostic(
        _ message: String, _ severity: DiagnosticSeverity, _ node: some SyntaxProtocol, _ offset: Int?
    ) -> Diagnostic {
        let position = offset.map { node.positionAfterSkippingLeadingTrivia.advanced(by: $0) }
        return Diagnostic(node: node, position: position, message: Finding(message: message, severity: severity))
    }
}
#endif
