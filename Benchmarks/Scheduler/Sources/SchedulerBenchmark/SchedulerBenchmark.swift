import Carillon
import Foundation

@main struct SchedulerBenchmark {
    /// How often each measurement is repeated, in turns with the peer; medians are printed.
    fileprivate let repeats: Int
    fileprivate var report = Report()

    static func main() async throws {
        #if !OLDER
        ProcessPoolExecutor.runWorkerIfAsked(WorkerProcesses.register)
        #endif
        var arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if arguments.first == "--measure" {
                return try await measure(arguments.dropFirst().first ?? "")
            }
            #if OLDER
            refuse(arguments.first ?? "nothing", ["--measure"])
            #else
            if arguments.first == "--against", arguments.count > 1 {
                let comparison = Comparison(
                    other: MeasuringProcess(executable: arguments[1], arguments: ["--measure"]),
                    repeats: arguments.contains("--quick") ? 1 : 5)
                exit(try comparison.run() ? 0 : 1)
            }
            let isQuick = arguments.contains("--quick")
            arguments.removeAll { $0 == "--quick" }
            let known = ["burst", "lateness", "rate", "one-shot", "elastic", "processpool"]
            if let unknown = arguments.first(where: { !known.contains($0) }) { refuse(unknown, known) }
            var benchmark = SchedulerBenchmark(repeats: isQuick ? 1 : 5)
            for name in known where arguments.isEmpty || arguments.contains(name) {
                switch name {
                case "burst": try benchmark.burst()
                case "lateness": try benchmark.lateness()
                case "rate": try benchmark.rate()
                case "elastic": try benchmark.elastic()
                case "one-shot": try benchmark.oneShot()
                default: try benchmark.processPool()
                }
            }
            print(benchmark.report)
            exit(benchmark.report.isMet ? 0 : 1)
            #endif
        } catch {
            FileHandle.standardError.write(Data("scheduler-benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private init(repeats: Int) { self.repeats = repeats }

    /// Makes one measurement in this process.
    private static func measure(_ name: String) async throws {
        guard let measurement = Measurement(rawValue: name) else {
            refuse(name, Measurement.allCases.map(\.rawValue))
        }
        let line = ["figures": try await measurement.figures()]
        print(String(decoding: try JSONEncoder().encode(line), as: UTF8.self))
    }

    private static func refuse(_ name: String, _ known: [String]) -> Never {
        let text = "scheduler-benchmark: there is no '\(name)'; there are \(known.joined(separator: ", "))\n"
        FileHandle.standardError.write(Data(text.utf8))
        exit(64)
    }
}

#if !OLDER
extension SchedulerBenchmark {
    private func own(_ measurement: Measurement, _ figure: String) throws -> Double {
        try MeasuringProcess.own.figures(measurement.rawValue)[figure] ?? .nan
    }

    private func peer(_ name: String, _ count: Int, _ figure: String) throws -> Double {
        try MeasuringProcess.peer?.figures(name, "\(count)")[figure] ?? .nan
    }

    private mutating func burst() throws {
        var written: [Burst.Kind: [Double]] = [:]
        var alone: [Burst.Kind: [Double]] = [:]
        var processor: [Burst.Kind: [Double]] = [:]
        var others: [Double] = []
        for round in 1...repeats {
            note("a burst of 100,000 jobs, \(round) of \(repeats)")
            for kind in Burst.Kind.allCases {
                alone[kind, default: []].append(try own(.alone(kind), "rate"))
                let figures = try MeasuringProcess.own.figures(Measurement.burst(kind).rawValue)
                written[kind, default: []].append(figures["written"] ?? .nan)
                processor[kind, default: []].append(figures["cpu"] ?? .nan)
            }
            others.append(try peer("burst", 100_000, "rate"))
        }
        for kind in Burst.Kind.allCases {
            let ours = (written[kind] ?? []).median
            report.add("burst of 100,000, \(kind), runs/s written", ours, peer: others.median, atLeast: 10)
            report.add(
                "  executor alone, runs/s", (alone[kind] ?? []).median, note: "ours is the share of it", share: ours)
            report.add("  CPU µs a run", (processor[kind] ?? []).median)
        }
        report.add(
            "the scheduler on an event loop, runs/s, and time × that of `async`", (written[.eventLoop] ?? []).median,
            atMost: 1.3, times: (written[.async] ?? []).median)
    }

    private mutating func lateness() throws {
        var timers: [Double] = []
        var ours: [Double] = []
        var others: [Double] = []
        for round in 1...repeats {
            note("lateness of 100 jobs a second, \(round) of \(repeats)")
            timers.append(try own(.timer, "p50"))
            ours.append(try own(.lateness, "p50"))
            others.append(try peer("lateness", 100, "p50"))
        }
        report.add("lateness of 100 jobs/s, p50 µs", ours.median, peer: others.median)
        report.add("  a timer of the system, p50 µs", timers.median, atMost: 3, times: ours.median)
    }

    private mutating func processPool() throws {
        var ours: [Double] = []
        var others: [Double] = []
        for round in 1...repeats {
            note("jobs in two worker processes, \(round) of \(repeats)")
            ours.append(try own(.processPool, "rate"))
            others.append(try peer("processpool", 5000, "rate"))
        }
        report.add("burst in 2 worker processes, runs/s", ours.median, peer: others.median, atLeast: 8)
    }

    private mutating func rate() throws {
        note("5,000 jobs a second for 10 s")
        let figures = try MeasuringProcess.own.figures(Measurement.rate.rawValue)
        let started = figures["started"] ?? .nan
        let notRun = figures["not-run"] ?? .nan
        report.add("5,000 jobs/s for 10 s, runs of 50,000", started, isMet: started == figures["expected"])
        report.add("  not run, with a reason", notRun, isMet: notRun == 0)
        report.add("  lateness, p99 µs", figures["p99"] ?? .nan)
    }

    private mutating func oneShot() throws {
        var ours: [Double] = []
        var others: [Double] = []
        for round in 1...repeats {
            note("a job that is due at once, \(round) of \(repeats)")
            ours.append(try own(.oneShot, "p50"))
            others.append(try peer("one-shot", 1000, "p50"))
        }
        report.add("add a job until it starts, p50 µs", ours.median, peer: others.median)
    }
}

extension SchedulerBenchmark {
    fileprivate mutating func elastic() throws {
        var (seconds, resident, rates, stacks): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for round in 1...repeats {
            note("10,000 runs that block, \(round) of \(repeats)")
            let threads = try MeasuringProcess.own.figures(Measurement.elasticThreads.rawValue)
            rates.append(threads["rate"] ?? .nan)
            stacks.append(threads["memory"] ?? .nan)
            let blocked = try MeasuringProcess.own.figures(Measurement.elasticSeconds.rawValue)
            seconds.append(blocked["seconds"] ?? .nan)
            resident.append(blocked["memory"] ?? .nan)
        }
        report.add("10,000 runs of 1 s due together, s (3 at most)", seconds.median, isMet: seconds.median <= 3)
        report.add("  resident, MiB (1,500 at most)", resident.median, isMet: resident.median <= 1500)
        report.add("  threads started a second", rates.median)
        report.add("  resident of a blocked run, KiB (40 at most)", stacks.median, isMet: stacks.median <= 40)
    }
}
#endif

/// Says on standard error what is being done.
func note(_ text: String) { FileHandle.standardError.write(Data("benchmark: \(text)\n".utf8)) }
