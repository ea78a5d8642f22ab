import Carillon
import CarillonTesting
import Testing

/// The executor suite finds what is wrong with executors that are wrong on purpose.
@Suite(.timeLimit(.minutes(10))) struct ExecutorSuiteTests {
    typealias Fault = FaultyExecutor.Fault

    /// A fault, the case that is to find it by its name, and whether it is found by a run that does not come.
    struct Finding: CustomTestStringConvertible, Sendable {
        let fault: Fault
        let name: String
        var hangs = false

        var testDescription: String { "\(fault): \(name)" }
    }

    private static func both(_ fault: Fault, _ name: String, hangs: Bool = false) -> [Finding] {
        ["blocks", "suspends"].map { Finding(fault: fault, name: "\(name), if it \($0)", hangs: hangs) }
    }

    private static let full = "as many runs are at work as the capacity says, no more, and the others follow"

    /// Each case has a fault here that it finds.
    static let findings: [Finding] = [
        both(
            .performsNothing, "Performing: a run gets its arguments, and its result and its log are kept", hangs: true),
        both(.stopsAfterOne, "Performing: the error of a run is kept, and the next run is performed", hangs: true),
        both(.dropsSome, "Performing: of 200 runs that are handed over together each is performed once", hangs: true),
        both(.performsTwice, "Performing: of 200 runs that are handed over together each is performed once"),
        [
            Finding(
                fault: .dropsSome, name: "Performing: runs that are handed over by many at once are performed once",
                hangs: true),
            Finding(fault: .hangsOnNothing, name: "Performing: nothing to perform is performed", hangs: true),
        ],
        both(.waitsInExecute, "Handing over: 'execute' returns while the run is at work", hangs: true),
        [
            Finding(fault: .blocksInTasks, name: "Handing over: a run that blocks is performed by no Swift task"),
            Finding(
                fault: .performsTwice,
                name: "Handing over: a run that was taken back is not performed, and holds up no other"),
        ],
        ["they block", "they suspend", "some block and some suspend"].flatMap { kind in
            [
                Finding(fault: .exceedsCapacity, name: "Capacity: \(full), if \(kind)"),
                Finding(fault: .performsOneAtATime, name: "Capacity: \(full), if \(kind)", hangs: true),
            ]
        },
        both(.performsOneAtATime, "Capacity: a run that does not end holds up no others", hangs: true),
        both(
            .performsOneAtATime,
            "Capacity: a scheduler takes no more runs than there is room for, and the others when there is", hangs: true
        ),
        both(.beginsWithTheLast, "Order: runs that wait begin in the order in which they came"),
        [Fault.ignoresPriority, .beginsWithLowPriority, .beginsWithTheLast].flatMap {
            both(
                $0,
                "Order: of the runs that wait the one with the highest priority begins first, "
                    + "and the first of those that came")
        },
        [
            Finding(
                fault: .ignoresCancel,
                name: "Being asked to end: a run at work is told, and is cancelled, if it suspends",
                hangs: true),
            Finding(
                fault: .performsNothing,
                name: "Being asked to end: a run at work is told, and is cancelled, if it blocks", hangs: true),
            Finding(
                fault: .ignoresCancel,
                name: "Being asked to end: a run at work that ends all the same has succeeded, if it suspends",
                hangs: true),
            Finding(
                fault: .performsNothing,
                name: "Being asked to end: a run at work that ends all the same has succeeded, if it blocks",
                hangs: true),
            Finding(
                fault: .ignoresCancel,
                name: "Being asked to end: a run that waits is told when it begins, and others are not, if it suspends",
                hangs: true),
        ],
        both(.cancelsTheNext, "Being asked to end: a run that waits is told when it begins, and others are not"),
        both(.cancelsTheNext, "Being asked to end: the run behind one that was cancelled is not told"),
        both(.givesPlacesAway, "Being asked to end: a run that ignores it keeps its place until it returns"),
        [
            Finding(
                fault: .ignoresCancel,
                name: "Being asked to end: a run past its timeout is told, and timed out, if it suspends", hangs: true),
            Finding(
                fault: .performsNothing,
                name: "Being asked to end: a run past its timeout is told, and timed out, if it blocks", hangs: true),
        ],
        both(.forgetsAtShutdown, "Shutting down: what was handed over before is performed", hangs: true),
        both(.waitsAtShutdown, "Shutting down: what was handed over before is performed", hangs: true),
        both(.staysShutDown, "Shutting down: an executor that was shut down, even twice, begins anew", hangs: true),
        both(
            .performsNothing,
            "Shutting down: a scheduler that drains waits for the runs at work, and loses none", hangs: true),
        [
            Finding(
                fault: .ignoresCancel,
                name: "Shutting down: a scheduler that stops asks the runs at work to end, if it suspends", hangs: true),
            Finding(
                fault: .performsNothing,
                name: "Shutting down: a scheduler that stops asks the runs at work to end, if it blocks", hangs: true),
        ],
    ].flatMap(\.self)

    @Test(arguments: findings)
    func isFound(_ finding: Finding) async throws {
        let conformanceCase = try #require(ExecutorConformance.cases.first { $0.description == finding.name })
        let harness = FaultyHarness(fault: finding.fault)
        if finding.hangs {
            await #expect(throws: ConformanceFailure.self) {
                try await conformanceCase.run(on: harness, patience: .seconds(2))
            }
        } else {
            let failure = await #expect(throws: ConformanceFailure.self) { try await conformanceCase.run(on: harness) }
            // It was found by what the executor did, not by waiting for what it did not.
            #expect(failure?.text.contains(": not within ") == false, "\(failure as Any)")
        }
    }

    @Test("An executor without a fault passes", arguments: ExecutorConformance.cases)
    func faultless(_ conformanceCase: ExecutorConformanceCase) async throws {
        #expect(try await conformanceCase.run(on: FaultyHarness(fault: .none)) == .passed)
    }

    @Test("Each case finds a fault")
    func everyCase() {
        let found = Set(Self.findings.map(\.name))
        #expect(ExecutorConformance.cases.map(\.description).filter { !found.contains($0) } == [])
        #expect(Set(Self.findings.map(\.fault)) == Set(Fault.allCases).subtracting([.none]))
    }
}
