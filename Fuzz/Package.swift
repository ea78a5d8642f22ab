// swift-tools-version: 6.2
import PackageDescription

/// The features that the triggers are compiled with; see the package above.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

// The parsers that are tried are visible to their own package only. So the sources of the triggers are a target of this
// package too, by a link, where a dependency on the package above would show no more than its public declarations.
let package = Package(
    name: "carillon-fuzz",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "CarillonTriggers", swiftSettings: settings),
        .executableTarget(
            name: "carillon-fuzz",
            dependencies: ["CarillonTriggers"],
            path: "Sources/CarillonFuzz",
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
