// swift-tools-version: 6.2
import PackageDescription

/// Whether the benchmark is built on a commit that lacks some of what it measures (`scripts/benchmark --against`).
let isOlder = Context.environment["CARILLON_BENCHMARK_OLDER"] == "yes"

let package = Package(
    name: "carillon-scheduler-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        isOlder
            ? .package(name: "carillon", path: "../..")
            : .package(name: "carillon", path: "../..", traits: ["NIO"])
    ],
    targets: [
        .target(name: "CTimerRoof", path: "Sources/CTimerRoof"),
        .target(
            name: "CStatementCount",
            path: "Sources/CStatementCount",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .target(
            name: "CRawCommits",
            path: "Sources/CRawCommits",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "scheduler-benchmark",
            dependencies: [
                "CRawCommits",
                "CStatementCount",
                "CTimerRoof",
                .product(name: "Carillon", package: "carillon"),
                .product(name: "CarillonSQLite", package: "carillon"),
                .product(name: "CarillonTesting", package: "carillon"),
                .product(name: "CarillonTriggers", package: "carillon"),
            ]
                + (isOlder
                    ? []
                    : [
                        .product(name: "CarillonLifecycle", package: "carillon"),
                        .product(name: "CarillonNIO", package: "carillon"),
                    ]),
            path: "Sources/SchedulerBenchmark",
            exclude: isOlder ? ["Elastic.swift", "WorkerProcesses.swift"] : [],
            swiftSettings: isOlder ? [.define("OLDER")] : []
        ),
    ],
    swiftLanguageModes: [.v6]
)
