#if Macros
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// What a decoration leaves in a section of the program.
enum SectionRecord {
    /// Returns a function that declares a job or a task, and stands in the section.
    ///
    /// - Parameters:
    ///   - declared: An expression that creates the job or the task.
    ///   - isStatic: Whether it is a member of a type.
    static func declaration(
        of declared: String, isStatic: Bool, in context: some MacroExpansionContext
    ) -> DeclSyntax {
        """
        #if canImport(Darwin)
        @section("__DATA,carillon_jobs")
        #else
        @section("carillon_jobs")
        #endif
        @used
        \(raw: isStatic ? "static " : "")let \(context.makeUniqueName("decoration")): @convention(c) (UnsafeMutableRawPointer) -> Void = {
            Carillon.DecorationCollector.declare(into: $0, \(raw: declared))
        }
        """
    }
}
#endif
