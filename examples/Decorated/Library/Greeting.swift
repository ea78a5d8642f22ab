#if Macros
import Carillon
import CarillonMacros
import CarillonTriggers

enum Greeting {
    /// A static member of a type in another module, which nobody calls.
    @Scheduled(id: "greet", .interval(.milliseconds(250)), tags: ["example"], maxInstances: 2)
    static func greet(_ context: TaskContext) async throws { print("greet: run \(context.runID)") }
}
#endif
