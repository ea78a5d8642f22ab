#if MongoDB
import Carillon
import CarillonMongoDB
import Testing

/// Addresses are taken apart, and never show a password.
@Suite struct AddressTests {
    @Test(arguments: [
        ("mongodb://me:secret@db.example:27018/jobs?prefix=night", "mongodb://me@db.example:27018/jobs?prefix=night"),
        ("mongodb://db", "mongodb://db/carillon"),
        ("mongodb://me:p%40ss@a:1,b:2/jobs?replicaSet=rs0", "mongodb://me@a:1,b:2/jobs"),
        ("mongodb+srv://cluster.example/jobs?tls=true", "mongodb+srv://cluster.example/jobs"),
        ("MongoDB://db/jobs?collection=jobs", "mongodb://db/jobs?prefix=jobs"),
    ])
    func partsAreRead(_ url: String, _ shown: String) throws {
        #expect(try MongoAddress(url).description == shown)
    }

    @Test func theCollectionOfAnotherSchedulerBecomesAPrefix() throws {
        #expect(try MongoAddress("mongodb://db", prefix: "jobs").prefix == "jobs")
        #expect(try MongoAddress("mongodb://db/?collection=a", prefix: "b").prefix == "a")
    }

    @Test func nothingShowsThePassword() throws {
        let address = try MongoAddress("mongodb://me:secret@db/jobs?authSource=admin")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] { #expect(!text.contains("secret")) }
    }

    @Test(arguments: [
        "mongodb://", "mongodb:///secret", "mongodb://me:secret@", "mongodb://me:secret@db/a.b",
        "mongodb://me:secret@db/%zz", "mongodb://me:secret@db?prefix=", "mongodb://me:secret@db?prefix=a.b",
        "mongodb://me:secret@db?prefix=a&collection=b", "mongodb://me:secret@db?w=1",
        "mongodb://me:secret@db?journal=false",
        "mongodb://me:secret@db?readPreference=secondary", "mongodb://me:secret@db?retryWrites=true",
        "mongodb://me:secret@db?socketTimeoutMS=1", "redis://me:secret@db", "me:secret@db",
    ])
    func whatIsWrongIsSaidWithoutThePassword(_ url: String) {
        let error = #expect(throws: CarillonError.self) { try MongoAddress(url) }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains("secret") == false)
        #expect((error?.reason.count ?? 0) > 40)
    }
}
#endif
