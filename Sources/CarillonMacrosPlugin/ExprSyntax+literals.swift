#if Macros
import SwiftParser
import SwiftSyntax

extension ExprSyntax {
    /// The text of a literal without interpolation.
    var text: String? { self.as(StringLiteralExprSyntax.self)?.representedLiteralValue }

    /// The number of a literal, which may have a sign.
    var number: Int? {
        if let prefix = self.as(PrefixOperatorExprSyntax.self), prefix.operator.text == "-" {
            return prefix.expression.number.map { -$0 }
        }
        guard let text = self.as(IntegerLiteralExprSyntax.self)?.literal.text.filter({ $0 != "_" }) else { return nil }
        return Int(text)
    }

    /// Whether a literal is written between two quotes on one line, with the characters that it means.
    var isPlainLiteral: Bool {
        guard let literal = self.as(StringLiteralExprSyntax.self) else { return false }
        return literal.openingPounds == nil && literal.openingQuote.tokenKind == .stringQuote
            && literal.segments.trimmedDescription == literal.representedLiteralValue
    }
}
#endif
