#if PostgreSQL
import Carillon
import CarillonPostgreSQL
import Testing

/// Addresses are taken apart, and never show a password.
@Suite struct AddressTests {
    @Test func partsAreRead() throws {
        let address = try PostgreSQLAddress(
            "postgres://me:secret@db.example:5433/jobs?sslmode=verify-full&schema=nightly&prefix=night_")
        #expect(address.schema == "nightly")
        #expect(address.prefix == "night_")
        #expect(!address.isPooled)
        #expect(address.description == "postgresql://me@db.example:5433/jobs?schema=nightly&prefix=night_")
    }

    @Test func theTableOfAnotherSchedulerBecomesAPrefix() throws {
        let address = try PostgreSQLAddress("postgresql+psycopg2://me@db/jobs?tablename=APScheduler_jobs")
        #expect(address.prefix == "apscheduler_jobs_")
    }

    @Test func severalMachinesKeepTheirPorts() throws {
        let address = try PostgreSQLAddress("postgresql://a:1,b:2/jobs?target_session_attrs=read-write")
        #expect(address.description == "postgresql://a:1,b:2/jobs")
        let parts = try PostgreSQLAddress(
            hosts: [("a", 1), ("b", nil)], user: nil, password: nil, database: "jobs", parameters: [])
        #expect(parts.description == "postgresql://a:1,b/jobs")
    }

    @Test func nothingShowsThePassword() throws {
        let address = try PostgreSQLAddress("postgresql://me:secret@db/jobs?sslpassword=secret")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] { #expect(!text.contains("secret")) }
    }

    @Test(arguments: [
        "postgresql://me:secret%zz@db/jobs", "postgresql://me:secret@[db/jobs", "postgresql://me:secret@db:1x/jobs?a=b",
        "postgresql://me:secret@db/jobs?unknown=secret", "postgresql://me:secret@db/jobs?schema=a-b",
        "postgresql://me:secret@db/jobs?prefix=1a", "postgresql://me:secret@db/jobs?prefix=A",
        "postgresql://me:secret@db/jobs?prefix=a&tablename=b", "postgresql://me:secret@db/jobs?pooler=session",
        "postgresql://me:secret@db/jobs?pooler=transaction&schema=a", "mysql://me:secret@db/jobs", "me:secret@db",
        "postgresql://me:secret@db/jobs?prefix=a23456789012345678901234567890_123",
    ])
    func whatIsWrongIsSaidWithoutThePassword(_ url: String) {
        let error = #expect(throws: CarillonError.self) { try PostgreSQLAddress(url) }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains("secret") == false)
        #expect((error?.reason.count ?? 0) > 40)
    }
}
#endif
