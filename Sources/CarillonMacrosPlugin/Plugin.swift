#if Macros
import SwiftCompilerPlugin
import SwiftSyntaxMacros

/// The program that the compiler runs to expand the macros.
@main struct Plugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [ScheduledMacro.self, JobTaskMacro.self, JobGroupMacro.self]
}
#else
/// Without the trait nothing has macros, but every target is built.
@main struct Plugin {
    static func main() {}
}
#endif
