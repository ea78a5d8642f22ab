#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import CarillonTesting

/// The harness of the PostgreSQL store: a schema of its own for each storage.
struct PostgreSQLStoreHarness: StoreHarness {
    var name: String { "PostgreSQL" }

    var features: Set<StoreFeature> { Set(StoreFeature.allCases) }

    func makeStorage() async throws -> any StoreStorage {
        let schema = try TestSchema()
        try schema.execute("CREATE TABLE test_clock (step BIGINT NOT NULL); INSERT INTO test_clock VALUES (0)")
        return Storage(schema: schema)
    }

    private struct Storage: ServerStorage {
        let schema: TestSchema

        /// The server's clock, moved by what a case has stepped it.
        private static let clock = """
            CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) + (SELECT step FROM test_clock)
            """

        func open() async throws -> any JobStore {
            try await PostgreSQLJobStore(try schema.address(), timeout: .seconds(60), clock: Self.clock)
        }

        func reopen() async throws -> any JobStore { try await open() }

        func execute(_ sql: String) throws { try schema.execute(sql) }

        var storeURL: String { schema.url }
    }
}
#endif
