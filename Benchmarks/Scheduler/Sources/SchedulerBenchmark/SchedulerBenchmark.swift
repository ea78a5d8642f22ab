import Foundation

@main struct SchedulerBenchmark {
    /// How often each measurement is repeated, in turns with the peer; medians are printed.
    private var repeats = 5
    private var report = Report()
    private let peer = Peer.fromEnvironment

    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var benchmark = SchedulerBenchmark()
        if let index = arguments.firstIndex(of: "--quick") {
            arguments.remove(at: index)
            benchmark.repeats = 1
        }
        let known = ["burst", "lateness", "rate", "one-shot"]
        if let unknown = arguments.first(where: { !known.contains($0) }) {
            FileHandle.standardError.write(
                Data("scheduler-benchmark: there is no '\(unknown)'; there are \(known.joined(separator: ", "))\n".utf8)
            )
            exit(64)
        }
        do {
            for name in known where arguments.isEmpty || arguments.contains(name) {
                switch name {
                case "burst": try await benchmark.burst()
                case "lateness": try await benchmark.lateness()
                case "rate": try await benchmark.rate()
                default: try await benchmark.oneShot()
                }
            }
        } catch {
            FileHandle.standardError.write(Data("scheduler-benchmark: \(error)\n".utf8))
            exit(1)
        }
        print(benchmark.report)
        exit(benchmark.report.isMet ? 0 : 1)
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data("benchmark: \(text)\n".utf8)) }

    private mutating func burst() async throws {
        let burst = Burst(jobs: 100_000)
        var written: [Burst.Kind: [Double]] = [:]
        var bare: [Burst.Kind: [Double]] = [:]
        var processor: [Burst.Kind: [Double]] = [:]
        var others: [Double] = []
        for round in 1...repeats {
            note("a burst of 100,000 jobs, \(round) of \(repeats)")
            for kind in Burst.Kind.allCases {
                bare[kind, default: []].append(try await burst.bareRate(kind))
                let rates = try await burst.rates(kind)
                written[kind, default: []].append(rates.written)
                processor[kind, default: []].append(rates.cpu)
            }
            if let peer { others.append(try peer.figures("burst", burst.jobs)["rate"] ?? .nan) }
        }
        for kind in Burst.Kind.allCases {
            let ours = (written[kind] ?? []).median
            report.add("burst of 100,000, \(kind), runs/s written", ours, peer: others.median, atLeast: 10)
            report.add(
                "  executor alone, runs/s", (bare[kind] ?? []).median, note: "ours is the share of it", share: ours)
            report.add("  CPU µs a run", (processor[kind] ?? []).median)
        }
    }

    private mutating func lateness() async throws {
        let lateness = Lateness(rate: 100, seconds: 10)
        var timers: [Double] = []
        var ours: [Double] = []
        var others: [Double] = []
        for round in 1...repeats {
            note("lateness of 100 jobs a second, \(round) of \(repeats)")
            timers.append(lateness.timer().quantile(0.5))
            ours.append(try await lateness.measure().lateness.quantile(0.5))
            if let peer { others.append(try peer.figures("lateness", 100)["p50"] ?? .nan) }
        }
        report.add("lateness of 100 jobs/s, p50 µs", ours.median, peer: others.median)
        report.add("  a timer of the system, p50 µs", timers.median, atMost: 3, times: ours.median)
    }

    private mutating func rate() async throws {
        note("5,000 jobs a second for 10 s")
        let result = try await Lateness(rate: 5000, seconds: 10).measure()
        report.add(
            "5,000 jobs/s for 10 s, runs of 50,000", Double(result.started), isMet: result.started == result.expected)
        report.add("  not run, with a reason", Double(result.notRun.count), isMet: result.notRun.isEmpty)
        report.add("  lateness, p99 µs", result.lateness.quantile(0.99))
    }

    private mutating func oneShot() async throws {
        var ours: [Double] = []
        var others: [Double] = []
        for round in 1...repeats {
            note("a job that is due at once, \(round) of \(repeats)")
            ours.append(try await OneShot(count: 1000).measure().quantile(0.5))
            if let peer { others.append(try peer.figures("one-shot", 1000)["p50"] ?? .nan) }
        }
        report.add("add a job until it starts, p50 µs", ours.median, peer: others.median)
    }
}
