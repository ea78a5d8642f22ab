// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carillon-scheduler-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "carillon", path: "../..", traits: ["NIO"])],
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
                .product(name: "CarillonLifecycle", package: "carillon"),
                .product(name: "CarillonNIO", package: "carillon"),
                .product(name: "CarillonSQLite", package: "carillon"),
                .product(name: "CarillonTesting", package: "carillon"),
                .product(name: "CarillonTriggers", package: "carillon"),
            ],
            path: "Sources/SchedulerBenchmark"
        ),
    ],
    swiftLanguageModes: [.v6]
)
