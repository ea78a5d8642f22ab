// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carillon-store-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "carillon", path: "../..", traits: ["PostgreSQL"])],
    targets: [
        .systemLibrary(
            name: "CRawSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]
        ),
        .systemLibrary(
            name: "CRawPostgreSQL",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev", "pkg-config"]), .brew(["libpq"])]
        ),
        .executableTarget(name: "postgresql-roof", dependencies: ["CRawPostgreSQL"]),
        .target(
            name: "CRawRoof",
            path: "Sources/CRawRoof",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "store-benchmark",
            dependencies: [
                "CRawRoof",
                "CRawSQLite",
                .product(name: "Carillon", package: "carillon"),
                .product(name: "CarillonPostgreSQL", package: "carillon"),
                .product(name: "CarillonSQLite", package: "carillon"),
                .product(name: "CarillonTesting", package: "carillon"),
                .product(name: "CarillonTriggers", package: "carillon"),
            ],
            path: "Sources/StoreBenchmark"
        ),
    ],
    swiftLanguageModes: [.v6]
)
