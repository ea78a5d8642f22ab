#if Configuration
import CarillonConfiguration
import Foundation
import Testing

@Suite("Files given twice")
struct SameFileTests {
    /// A folder with the files `a`, the same by two other names, and `b`, gone with the test.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("carillon-\(UUID())").path

        init(_ text: String) throws {
            let files = FileManager.default
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in ["a", "b"] { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
            try files.createSymbolicLink(atPath: "\(path)/link", withDestinationPath: "a")
            try files.linkItem(atPath: "\(path)/a", toPath: "\(path)/name")
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func problems(_ names: String...) -> [String] {
            problemLines { () throws(ConfigurationError) in
                _ = try Configuration(names.map { .file("\(path)/\($0)") })
            }.map { $0.replacing("\(path)/", with: "") }
        }
    }

    @Test(
        "A file is known whatever it is called, and told of once", arguments: ["jobs: [{id: a, func: t}]", "lease: 5"])
    func twice(text: String) throws {
        let folder = try Folder(text)
        #expect(folder.problems("a", "a") == ["a:1:1: the file is given twice; give it once"])
        for name in ["./a", "link", "name"] {
            #expect(
                folder.problems("a", name) == ["\(name):1:1: is the same file as 'a', given before; give it once"])
        }
        #expect(folder.problems("a") == [])
    }

    @Test("A file that is not there is told of once, however often it is given")
    func missing() throws {
        let folder = try Folder("lease: 5")
        let line = "none:1:1: the file cannot be read: No such file or directory"
        #expect(folder.problems("none", "a", "none", "none") == [line])
        #expect(folder.problems("none", "nor-this").count == 2)
    }

    @Test("Files that say the same are not the same")
    func equal() throws {
        #expect(try Folder("lease: 5").problems("a", "b") == [])
        let jobs = try Folder("jobs: [{id: a, func: t}]").problems("a", "b")
        #expect(jobs == ["b:1:9: jobs[0].id: 'a' is the id of the job in a, line 1, already"])
    }
}
#endif
