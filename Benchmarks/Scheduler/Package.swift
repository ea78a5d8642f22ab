// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carillon-scheduler-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "carillon", path: "../..")],
    targets: [
        .target(name: "CTimerRoof", path: "Sources/CTimerRoof"),
        .executableTarget(
            name: "scheduler-benchmark",
            dependencies: [
                "CTimerRoof",
                .product(name: "Carillon", package: "carillon"),
                .product(name: "CarillonTriggers", package: "carillon"),
            ],
            path: "Sources/SchedulerBenchmark"
        ),
    ],
    swiftLanguageModes: [.v6]
)
