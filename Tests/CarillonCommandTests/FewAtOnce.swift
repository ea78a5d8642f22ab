#if Command
import Testing

/// Has only so many cases of all suites with this trait run at once. They hold stores, pipes and processes open, and
/// Foundation's `Process` ends the whole test process where a file has a number above 1,023.
struct FewAtOnce: SuiteTrait, TestTrait, TestScoping {
    private static let gate = Gate(24)

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.gate.enter()
        do {
            try await function()
        } catch {
            await Self.gate.leave()
            throw error
        }
        await Self.gate.leave()
    }
}

extension Trait where Self == FewAtOnce {
    /// See `FewAtOnce`.
    static var fewAtOnce: Self { Self() }
}

/// Lets so many in.
private actor Gate {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ limit: Int) { free = limit }

    func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
#endif
