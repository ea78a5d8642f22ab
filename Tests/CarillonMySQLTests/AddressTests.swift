#if MySQL
import Carillon
import CarillonMySQL
import Testing

/// Addresses are taken apart, and never show a password.
@Suite struct AddressTests {
    @Test(arguments: [
        (
            "mysql://me:secret@db.example:3307/jobs?ssl-mode=REQUIRED&prefix=night_",
            "mysql://me@db.example:3307/jobs?prefix=night_"
        ),
        ("mariadb://db/jobs", "mysql://db/jobs"),
        ("mysql+pymysql://me:p%40ss@[::1]:3306/jobs?charset=utf8mb4", "mysql://me@[::1]:3306/jobs"),
        ("mysql:///jobs?socket=/run/db.sock", "mysql:///jobs?socket=/run/db.sock"),
        ("mysql://db/night%20jobs?ssl_mode=verify-identity&ssl_ca=/a", "mysql://db/night jobs"),
    ])
    func partsAreRead(_ url: String, _ shown: String) throws {
        #expect(try MySQLAddress(url).description == shown)
    }

    @Test func theTableOfAnotherSchedulerBecomesAPrefix() throws {
        let address = try MySQLAddress("mysql+pymysql://me@db/jobs?tablename=APScheduler_jobs")
        #expect(address.prefix == "apscheduler_jobs_")
        #expect(try MySQLAddress("mysql://db/jobs", tableName: "other").prefix == "other_")
        #expect(address.database == "jobs")
    }

    @Test func nothingShowsThePassword() throws {
        let address = try MySQLAddress("mysql://me:secret@db/jobs?password-file=/secret")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] { #expect(!text.contains("secret")) }
    }

    @Test(arguments: [
        "mysql://me:secret%zz@db/jobs", "mysql://me:secret@[db/jobs", "mysql://me:secret@db:1x/jobs?a=b",
        "mysql://me:secret@db/jobs?unknown=secret", "mysql://me:secret@db/jobs?prefix=a-b", "mysql://me:secret@db",
        "mysql://me:secret@db/jobs?prefix=1a", "mysql://me:secret@db/jobs?prefix=A", "mysql://me:secret@db/",
        "mysql://me:secret@db/jobs?prefix=a&tablename=b", "mysql://me:secret@a,b/jobs", "mysql://me:secret@:1/jobs",
        "mysql://me:secret@db/jobs?ssl-mode=secret", "mysql://me:secret@db/jobs?charset=secret",
        "mysql://me:secret@db/jobs?socket=/secret", "postgresql://me:secret@db/jobs", "me:secret@db",
        "mysql://me:secret@db/jobs?prefix=a23456789012345678901234567890_123", "mysql://me:se/cret@db/jobs",
    ])
    func whatIsWrongIsSaidWithoutThePassword(_ url: String) {
        let error = #expect(throws: CarillonError.self) { try MySQLAddress(url) }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains("secret") == false)
        #expect((error?.reason.count ?? 0) > 40)
    }
}
#endif
