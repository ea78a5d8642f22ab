#if Macros
// Found by the scheduler beside the records of decorations: without any of these, jobs of earlier ones are to go.
#if canImport(Darwin)
@section("__DATA,carillon_jobs")
#else
@section("carillon_jobs")
#endif
@used
let presence: @convention(c) (UnsafeMutableRawPointer) -> Void = { _ in }

/// Tells the scheduler that there should be a section, in case the linker has dropped it.
@_cdecl("carillon_decorations_are_linked") public func decorationsAreLinked() {}
#endif
