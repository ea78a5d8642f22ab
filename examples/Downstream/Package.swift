// swift-tools-version: 6.2
import PackageDescription

// A program outside of the package: it sees what is public, and nothing else. `swift run` checks what the calls answer.
let package = Package(
    name: "Downstream",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "carillon", path: "../..")],
    targets: [
        .executableTarget(
            name: "Downstream",
            dependencies: [
                .product(name: "Carillon", package: "carillon"),
                .product(name: "CarillonSQLite", package: "carillon"),
                .product(name: "CarillonTesting", package: "carillon"),
                .product(name: "CarillonTriggers", package: "carillon"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
