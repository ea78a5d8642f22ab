// Does on purpose what a sanitizer is to report, or what it is not to; see scripts/check-sanitizers.
//
//   probe guarded          many threads change a value that a Mutex guards: nothing to report
//   probe race             they change a value that nothing guards
//   probe use-after-free   reads memory that has been given back
import Dispatch
import Synchronization

final class Counts: Sendable {
    let guarded = Mutex([0])
    // `unsafe`: the race that is to be found.
    nonisolated(unsafe) static var bare = 0
}

let mode = CommandLine.arguments.dropFirst().first
switch mode {
case "guarded", "race":
    let counts = Counts()
    let isBare = mode == "race"
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
        for _ in 0..<20_000 {
            counts.guarded.withLock { $0[0] += 1 }
            if isBare { Counts.bare += 1 }
        }
    }
    print(counts.guarded.withLock { $0[0] })
case "use-after-free":
    // Unsafe: the fault that is to be found.
    let memory = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    memory.initialize(to: 1)
    memory.deallocate()
    print(memory.pointee)
default:
    print("probe guarded | race | use-after-free")
}
