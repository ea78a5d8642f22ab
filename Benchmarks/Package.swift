// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carillon-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "carillon", path: "..")],
    targets: [
        .target(name: "CMeasurement"),
        .executableTarget(
            name: "trigger-benchmark",
            dependencies: ["CMeasurement", .product(name: "CarillonTriggers", package: "carillon")],
            path: "Sources/TriggerBenchmark"
        ),
    ],
    swiftLanguageModes: [.v6]
)
