// swift-tools-version: 6.2
import PackageDescription

/// The language features every target is compiled with; `UpcomingFeatures.swift` fails the build when a name here is
/// misspelt, since the compiler ignores unknown names silently.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

let package = Package(
    name: "carillon",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CarillonTriggers", targets: ["CarillonTriggers"]),
        .executable(name: "carillon", targets: ["CarillonCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CarillonTriggers", swiftSettings: settings),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]
        ),
        .executableTarget(
            name: "CarillonCommand",
            dependencies: [
                "CarillonTriggers",
                "CSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "CarillonTriggersTests", dependencies: ["CarillonTriggers"], swiftSettings: settings),
        .testTarget(
            name: "CarillonCommandTests",
            dependencies: ["CarillonCommand", "CarillonTriggers"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
