// swift-tools-version: 6.2
import CompilerPluginSupport
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

/// C++ that needs Qt is empty without the trait, so that nobody else needs Qt's headers.
let qtSettings: [CXXSetting] = [.define("CARILLON_QT", .when(traits: ["Qt"]))]

/// What the tests run as processes of their own, and the examples: built where `CARILLON_DEVELOPMENT` is set, as the scripts
/// do, so that nobody else has to.
let developmentTargets: [Target] = [
    .executableTarget(
        name: "StoreWorker",
        dependencies: [
            "Carillon", "CarillonSQLite", "CarillonTesting", "CarillonTriggers", "DiskCalls",
            .target(name: "CarillonMySQL", condition: .when(traits: ["MySQL"])),
            .target(name: "CarillonPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
            .target(name: "CarillonRedis", condition: .when(traits: ["Redis"])),
            .target(name: "CarillonMongoDB", condition: .when(traits: ["MongoDB"])),
        ],
        path: "Tests/StoreWorker",
        swiftSettings: settings
    ),
    .target(name: "DiskCalls", path: "Tests/DiskCalls"),
    .target(name: "CHeap", path: "Tests/CHeap"),
    .executableTarget(
        name: "SchedulerWorker",
        dependencies: [
            "CHeap", "Carillon", "CarillonTesting", "CarillonTriggers", .product(name: "Logging", package: "swift-log"),
        ],
        path: "Tests/SchedulerWorker",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "NIOWorker",
        dependencies: [
            "Carillon", "CarillonHummingbird", "CarillonNIO", "CarillonSQLite", "CarillonTesting",
            .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
            .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
        ],
        path: "Tests/NIOWorker",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "TasksWorker",
        dependencies: ["Carillon", "CarillonTasks", "CarillonTriggers"],
        path: "Tests/TasksWorker",
        swiftSettings: settings
    ),
    .target(
        name: "DecoratedLibrary",
        dependencies: ["Carillon", "CarillonMacros", "CarillonTriggers"],
        path: "examples/Decorated/Library",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "Decorated",
        dependencies: ["Carillon", "CarillonMacros", "CarillonTriggers", "DecoratedLibrary"],
        path: "examples/Decorated/Program",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "DecorationsWorker",
        dependencies: ["Carillon", "CarillonMacros", "CarillonSQLite", "CarillonTesting", "CarillonTriggers"],
        path: "Tests/DecorationsWorker",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "Ticking",
        dependencies: ["Carillon", "CarillonTriggers"],
        path: "examples/Ticking",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "LiveEvents",
        dependencies: [
            "Carillon", "CarillonHummingbird", "CarillonTriggers",
            .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Web"])),
            .product(
                name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Web"])),
        ],
        path: "examples/LiveEvents",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "RestConformance",
        dependencies: [
            "Carillon", "CarillonHummingbird", "CarillonTriggers",
            .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Web"])),
            .product(name: "Logging", package: "swift-log"),
        ],
        path: "examples/RestConformance",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "SurvivingRestart",
        dependencies: ["Carillon", "CarillonSQLite", "CarillonTriggers"],
        path: "examples/SurvivingRestart",
        swiftSettings: settings
    ),
    .systemLibrary(
        name: "CQtWidgets",
        path: "Tests/CQtWidgets",
        pkgConfig: "Qt6Widgets",
        providers: [.apt(["qt6-base-dev", "pkg-config"]), .brew(["qt"])]
    ),
    .target(
        name: "CQtProgram",
        dependencies: [.target(name: "CQtWidgets", condition: .when(traits: ["Qt"]))],
        path: "Tests/CQtProgram",
        cxxSettings: qtSettings
    ),
    .executableTarget(
        name: "QtWorker",
        dependencies: [
            "Carillon", "CarillonQt", "CarillonSQLite", "CarillonTesting", "CarillonTriggers",
            .target(name: "CQtProgram", condition: .when(traits: ["Qt"])),
            .product(
                name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Qt"])),
            .product(name: "Logging", package: "swift-log"),
        ],
        path: "Tests/QtWorker",
        swiftSettings: settings
    ),
    .target(
        name: "CQtWindow",
        dependencies: [.target(name: "CQtWidgets", condition: .when(traits: ["Qt"]))],
        path: "examples/QtWindow/Window",
        cxxSettings: qtSettings
    ),
    .executableTarget(
        name: "QtWindow",
        dependencies: [
            "Carillon", "CarillonQt", "CarillonTriggers",
            .target(name: "CQtWindow", condition: .when(traits: ["Qt"])),
        ],
        path: "examples/QtWindow/Program",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "FromPython",
        dependencies: [
            "Carillon", "CarillonConfiguration", "CarillonHummingbird", "CarillonLifecycle", "CarillonNIO",
            "CarillonQt", "CarillonSetup", "CarillonTriggers",
            .target(name: "CQtWindow", condition: .when(traits: ["Qt"])),
            .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Web"])),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
            .product(
                name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Lifecycle"])),
            .product(
                name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Lifecycle"])),
        ],
        path: "examples/FromPython",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "WorkerProcesses",
        dependencies: ["Carillon", "CarillonTriggers"],
        path: "examples/WorkerProcesses",
        swiftSettings: settings
    ),
    .executableTarget(
        name: "Documentation",
        dependencies: [
            "Carillon", "CarillonHummingbird", "CarillonLifecycle", "CarillonSQLite", "CarillonTasks",
            "CarillonTesting", "CarillonTriggers",
            .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Web"])),
            .product(name: "Logging", package: "swift-log"),
            .product(
                name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Lifecycle"])),
            .product(
                name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Lifecycle"])),
        ],
        path: "examples/Documentation",
        swiftSettings: settings
    ),
]

let package = Package(
    name: "carillon",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "CarillonMacros", targets: ["CarillonMacros"]),
        .library(name: "CarillonTriggers", targets: ["CarillonTriggers"]),
        .library(name: "Carillon", targets: ["Carillon"]),
        .library(name: "CarillonTesting", targets: ["CarillonTesting"]),
        .library(name: "CarillonSQL", targets: ["CarillonSQL"]),
        .library(name: "CarillonSQLite", targets: ["CarillonSQLite"]),
        .library(name: "CarillonMongoDB", targets: ["CarillonMongoDB"]),
        .library(name: "CarillonMySQL", targets: ["CarillonMySQL"]),
        .library(name: "CarillonPostgreSQL", targets: ["CarillonPostgreSQL"]),
        .library(name: "CarillonRedis", targets: ["CarillonRedis"]),
        .library(name: "CarillonTasks", targets: ["CarillonTasks"]),
        .library(name: "CarillonConfiguration", targets: ["CarillonConfiguration"]),
        .library(name: "CarillonSetup", targets: ["CarillonSetup"]),
        .library(name: "CarillonLifecycle", targets: ["CarillonLifecycle"]),
        .library(name: "CarillonNIO", targets: ["CarillonNIO"]),
        .library(name: "CarillonHummingbird", targets: ["CarillonHummingbird"]),
        .library(name: "CarillonTracing", targets: ["CarillonTracing"]),
        .library(name: "CarillonQt", targets: ["CarillonQt"]),
        .executable(name: "carillon", targets: ["CarillonCommand"]),
    ],
    traits: [
        .trait(name: "Configuration", description: "Jobs and settings from YAML, JSON and the environment."),
        .trait(
            name: "Command", description: "The command `carillon`; without it, the executable only names this trait.",
            enabledTraits: ["Configuration"]),
        .trait(name: "Lifecycle", description: "Schedulers as services of ServiceLifecycle."),
        .trait(
            name: "NIO", description: "A scheduler and executors on event loops of SwiftNIO.",
            enabledTraits: ["Lifecycle"]),
        .trait(
            name: "Web", description: "A scheduler in an application of Hummingbird.",
            enabledTraits: ["Lifecycle", "NIO"]),
        .trait(name: "MongoDB", description: "A job store on MongoDB, with libmongoc."),
        .trait(name: "Macros", description: "Functions that a line above them makes jobs, with swift-syntax."),
        .trait(name: "MySQL", description: "A job store on MySQL or MariaDB, with libmariadb."),
        .trait(name: "PostgreSQL", description: "A job store on PostgreSQL, with libpq."),
        .trait(name: "Redis", description: "A job store on Redis, with hiredis and OpenSSL."),
        .trait(name: "Tracing", description: "A span for every run, with swift-distributed-tracing."),
        .trait(
            name: "Qt", description: "A scheduler on the main thread of a Qt 6 application.",
            enabledTraits: ["Lifecycle"]),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
    ],
    targets: [
        .target(name: "CarillonTriggers", swiftSettings: settings),
        .systemLibrary(name: "CTimers"),
        .target(name: "CWorkers"),
        .target(name: "CDecorations"),
        .target(
            name: "Carillon",
            dependencies: [
                "CarillonTriggers",
                "CDecorations",
                .target(name: "CWorkers", condition: .when(platforms: [.linux])),
                .target(name: "CTimers", condition: .when(platforms: [.linux])),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .macro(
            name: "CarillonMacrosPlugin",
            dependencies: [
                "CarillonTriggers",
                .product(name: "SwiftCompilerPlugin", package: "swift-syntax", condition: .when(traits: ["Macros"])),
                .product(name: "SwiftDiagnostics", package: "swift-syntax", condition: .when(traits: ["Macros"])),
                .product(name: "SwiftParser", package: "swift-syntax", condition: .when(traits: ["Macros"])),
                .product(name: "SwiftSyntax", package: "swift-syntax", condition: .when(traits: ["Macros"])),
                .product(name: "SwiftSyntaxBuilder", package: "swift-syntax", condition: .when(traits: ["Macros"])),
                .product(name: "SwiftSyntaxMacros", package: "swift-syntax", condition: .when(traits: ["Macros"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CarillonMacros", dependencies: ["Carillon", "CarillonMacrosPlugin", "CarillonTriggers"],
            swiftSettings: settings
        ),
        .target(name: "CarillonTesting", dependencies: ["Carillon", "CarillonTriggers"], swiftSettings: settings),
        .target(name: "CCommandGuard"),
        .target(name: "CTransfer", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(
            name: "CarillonTasks",
            dependencies: ["Carillon", "CarillonTriggers", "CCommandGuard", "CTransfer"],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]
        ),
        .target(name: "CarillonSQL", dependencies: ["Carillon", "CarillonTriggers"], swiftSettings: settings),
        .target(
            name: "CarillonSQLite",
            dependencies: ["Carillon", "CarillonSQL", "CarillonTriggers", "CSQLite"],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CPostgreSQL",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev", "pkg-config"]), .brew(["libpq"])]
        ),
        .target(
            name: "CarillonPostgreSQL",
            dependencies: [
                "Carillon", "CarillonSQL", "CarillonTriggers",
                .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CMySQL",
            pkgConfig: "libmariadb",
            providers: [.apt(["libmariadb-dev", "pkg-config"]), .brew(["mariadb-connector-c"])]
        ),
        .target(
            name: "CarillonMySQL",
            dependencies: [
                "Carillon", "CarillonSQL", "CarillonTriggers",
                .target(name: "CMySQL", condition: .when(traits: ["MySQL"])),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CHiredis",
            pkgConfig: "hiredis",
            providers: [.apt(["libhiredis-dev", "pkg-config"]), .brew(["hiredis"])]
        ),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev", "pkg-config"]), .brew(["openssl"])]
        ),
        .target(name: "CarillonUnits", dependencies: ["Carillon", "CarillonTriggers"], swiftSettings: settings),
        .target(
            name: "CarillonRedis",
            dependencies: [
                "Carillon", "CarillonUnits", "CarillonTriggers",
                .target(name: "CHiredis", condition: .when(traits: ["Redis"])),
                .target(name: "COpenSSL", condition: .when(traits: ["Redis"])),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CMongo",
            pkgConfig: "libmongoc-1.0",
            providers: [.apt(["libmongoc-dev", "pkg-config"]), .brew(["mongo-c-driver@1"])]
        ),
        .target(
            name: "CarillonMongoDB",
            dependencies: [
                "Carillon", "CarillonUnits", "CarillonTriggers",
                .target(name: "CMongo", condition: .when(traits: ["MongoDB"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CarillonConfiguration",
            dependencies: [
                "Carillon", "CarillonTriggers",
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CarillonSetup",
            dependencies: [
                "Carillon", "CarillonConfiguration", "CarillonSQLite",
                .target(name: "CarillonNIO", condition: .when(traits: ["NIO"])),
                .target(name: "CarillonMongoDB", condition: .when(traits: ["MongoDB"])),
                .target(name: "CarillonMySQL", condition: .when(traits: ["MySQL"])),
                .target(name: "CarillonPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
                .target(name: "CarillonRedis", condition: .when(traits: ["Redis"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CarillonLifecycle",
            dependencies: [
                "Carillon",
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Lifecycle"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CarillonNIO",
            dependencies: [
                "Carillon",
                "CarillonLifecycle",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CarillonHummingbird",
            dependencies: [
                "Carillon",
                "CarillonLifecycle",
                "CarillonNIO",
                "CarillonTriggers",
                .target(name: "CarillonConfiguration", condition: .when(traits: ["Configuration"])),
                .target(name: "CarillonSetup", condition: .when(traits: ["Configuration"])),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Web"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Web"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Web"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Web"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Web"])),
                .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Web"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CarillonTracing",
            dependencies: [
                "Carillon",
                .product(
                    name: "Instrumentation", package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
            ],
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CQtCore",
            pkgConfig: "Qt6Core",
            providers: [.apt(["qt6-base-dev", "pkg-config"]), .brew(["qt"])]
        ),
        .target(
            name: "CQt",
            dependencies: [.target(name: "CQtCore", condition: .when(traits: ["Qt"]))],
            cxxSettings: qtSettings
        ),
        .target(
            name: "CarillonQt",
            dependencies: [
                "Carillon",
                "CarillonLifecycle",
                .target(name: "CQt", condition: .when(traits: ["Qt"])),
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Qt"])),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "CarillonCommand",
            dependencies: [
                "Carillon",
                "CarillonConfiguration",
                "CarillonSQL",
                "CarillonSQLite",
                "CarillonSetup",
                "CarillonTasks",
                "CarillonTriggers",
                .target(name: "CarillonMongoDB", condition: .when(traits: ["MongoDB"])),
                .target(name: "CarillonMySQL", condition: .when(traits: ["MySQL"])),
                .target(name: "CarillonPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
                .target(name: "CarillonRedis", condition: .when(traits: ["Redis"])),
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Command"])),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonTests",
            dependencies: ["Carillon", "CarillonTriggers", "CarillonTesting"],
            swiftSettings: settings
        ),
        .testTarget(name: "CarillonTriggersTests", dependencies: ["CarillonTriggers"], swiftSettings: settings),
        .testTarget(
            name: "CarillonSQLiteTests",
            dependencies: [
                "Carillon", "CarillonSQL", "CarillonSQLite", "CarillonTesting", "CarillonTriggers", "CSQLite",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonPostgreSQLTests",
            dependencies: [
                "Carillon", "CarillonPostgreSQL", "CarillonSQL", "CarillonSQLite", "CarillonTesting",
                "CarillonTriggers",
                .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonMySQLTests",
            dependencies: [
                "Carillon", "CarillonMySQL", "CarillonSQL", "CarillonTesting", "CarillonTriggers",
                .target(name: "CMySQL", condition: .when(traits: ["MySQL"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonRedisTests",
            dependencies: [
                "Carillon", "CarillonRedis", "CarillonTesting", "CarillonTriggers",
                .target(name: "CHiredis", condition: .when(traits: ["Redis"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonMongoDBTests",
            dependencies: [
                "Carillon", "CarillonMongoDB", "CarillonTesting", "CarillonTriggers",
                .target(name: "CMongo", condition: .when(traits: ["MongoDB"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SchedulerTests",
            dependencies: [
                "Carillon", "CarillonSQLite", "CarillonTasks", "CarillonTesting", "CarillonTriggers", "CSQLite",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonTasksTests",
            dependencies: ["CCommandGuard", "Carillon", "CarillonTasks", "CarillonTriggers"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonConfigurationTests",
            dependencies: [
                "Carillon", "CarillonConfiguration", "CarillonSQL", "CarillonSQLite", "CarillonSetup",
                "CarillonTriggers",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CarillonCommandTests",
            dependencies: [
                "Carillon", "CarillonCommand", "CarillonConfiguration", "CarillonSQL", "CarillonSQLite",
                "CarillonTasks", "CarillonTesting", "CarillonTriggers",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Carillon", "CarillonConfiguration", "CarillonHummingbird", "CarillonLifecycle", "CarillonNIO",
                "CarillonSQLite", "CarillonTesting", "CarillonTracing", "CarillonTriggers",
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Web"])),
                .product(
                    name: "InMemoryTracing", package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])),
                .product(
                    name: "Instrumentation", package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Lifecycle"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "QtTests",
            dependencies: ["CarillonTesting"],
            swiftSettings: settings
        ),
    ] + (Context.environment["CARILLON_DEVELOPMENT"] == nil ? [] : developmentTargets),
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
