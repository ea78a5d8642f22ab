// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carillon-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "carillon", path: "..", traits: ["Configuration"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CMeasurement"),
        .executableTarget(
            name: "trigger-benchmark",
            dependencies: ["CMeasurement", .product(name: "CarillonTriggers", package: "carillon")],
            path: "Sources/TriggerBenchmark"
        ),
        .executableTarget(
            name: "configuration-benchmark",
            dependencies: [
                .product(name: "CarillonConfiguration", package: "carillon"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Sources/ConfigurationBenchmark"
        ),
    ],
    swiftLanguageModes: [.v6]
)
