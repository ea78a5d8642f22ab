#if Macros
import Carillon

// Found by the scheduler beside the records of decorations: without any of these, jobs of earlier ones are to go.
#if canImport(Darwin)
@section("__DATA,carillon_jobs")
#else
@section("carillon_jobs")
#endif
@used
let presence: @convention(c) (UnsafeMutableRawPointer) -> Void = { DecorationCollector.note(in: $0) }
#endif
