#if PostgreSQL
import CarillonTesting
import Testing

/// The PostgreSQL store passes the suite that every store passes.
@Suite struct PostgreSQLConformanceTests {
    private static let report = StoreConformanceReport(
        PostgreSQLStoreHarness(), directory: "\(TestServer.package)/.build/store-conformance")

    /// All at once would need more connections than the server takes, and one after the other most would wait.
    private static let gate = Gate(places: 4)

    @Test(arguments: StoreConformance.cases)
    func conforms(_ conformanceCase: StoreConformanceCase) async {
        await Self.gate.enter()
        do {
            let result = try await Self.report.run(conformanceCase)
            #expect(result == .passed, "\(conformanceCase)")
        } catch {
            Issue.record("\(conformanceCase): \(error)")
        }
        await Self.gate.leave()
    }
}

/// Lets a number of tests in, and the next one whenever one leaves.
private actor Gate {
    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    func enter() async {
        guard places == 0 else {
            places -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        places += 1
    }
}
#endif
