import Carillon
import CarillonTriggers
import Foundation

/// Adds interval jobs to a memory store in a process of its own, and prints the rate and the resident bytes a job.
enum MemoryMeasurement {
    static func run(jobs count: Int) async throws {
        let store = MemoryJobStore()
        let task = TaskName("work")
        let now = SystemClock().now
        var definitions: [JobDefinition] = []
        for seconds in 1...100 {
            definitions.append(JobDefinition(task: task, trigger: try .interval(seconds: seconds)))
        }
        let before = residentBytes()
        var spent = Duration.zero
        var spentCPU = 0.0
        for start in stride(from: 0, to: count, by: 1000) {
            let batch = try (start..<min(start + 1000, count)).map { number in
                // 18 bytes, too long for a string to hold without memory of its own.
                let digits = String(number)
                let id = "job-" + String(repeating: "0", count: 14 - digits.utf8.count) + digits
                return NewJob(id: try JobID(id), definition: definitions[number % 100], added: now)
            }
            let begin = ContinuousClock.now
            let beginCPU = clock()
            _ = try await store.insert(batch)
            spent += ContinuousClock.now - begin
            spentCPU += Double(clock() - beginCPU) / Double(CLOCKS_PER_SEC)
        }
        let bytes = residentBytes() - before
        let seconds = Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
        print("jobs: \(count)")
        print("bytes_per_job: \(bytes / max(count, 1))")
        print("jobs_per_second: \(Int(Double(count) / seconds))")
        print("jobs_per_cpu_second: \(Int(Double(count) / spentCPU))")
        withExtendedLifetime(store) {}
    }

    private static func residentBytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }
}
