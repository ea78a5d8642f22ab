import Foundation

/// What is measured on a server of PostgreSQL.
struct OnServer {
    let url: String
    /// What to measure; everything if it is empty.
    let parts: Set<String>

    func measure() async throws {
        let server = BenchmarkServer(url: url)
        let environment = ProcessInfo.processInfo.environment
        let isQuick = parts.contains("--quick")
        func isWanted(_ part: String) -> Bool { parts.subtracting(["--quick"]).isEmpty || parts.contains(part) }
        if isWanted("lone") {
            try await LoneJobs(server: server, pooler: environment["CARILLON_BENCHMARK_POOLER"]).measure()
        }
        let peer = environment["CARILLON_BENCHMARK_PEER"].map { $0.split(separator: " ").map(String.init) }
        let burst = ServerBurst(
            server: server, jobs: isQuick ? 20_000 : 50_000, rounds: isQuick ? 1 : 5, peer: peer)
        if isWanted("burst") { try await burst.measure() }
        if parts.contains("profile") { print("\(try await burst.carillon(1).rate.whole) runs a second") }
    }
}
