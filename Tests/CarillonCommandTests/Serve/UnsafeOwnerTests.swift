#if Command
import Foundation
import Testing

/// Files that others could change, and a server of root that would run their commands.
@Suite("A server of root", .fewAtOnce, .enabled(if: geteuid() == 0, "only root can give files away"))
struct UnsafeOwnerTests {
    private static let nobody: uid_t = 65_534

    /// A folder of root with a configuration, a folder below it with the store, and a file that the configuration names.
    private final class Place {
        let folder: TemporaryFolder
        let config: String
        var state: String { "\(folder.path)/state" }
        var store: String { "\(state)/jobs.sqlite" }

        init() throws {
            folder = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: "\(folder.path)/state", withIntermediateDirectories: false)
            _ = try folder.write("Europe/Berlin\n", to: "zone")
            config = try folder.write("timezone_file: zone\nstate_directory: state\njobs: []\n", to: "carillon.yaml")
            for path in [folder.path, "\(folder.path)/state"] { chmod(path, 0o755) }
            for name in ["zone", "carillon.yaml"] { chmod("\(folder.path)/\(name)", 0o644) }
        }

        /// What it says, and how it ended: by SIGTERM where it served.
        func serve(_ options: [String] = []) async throws -> (lines: [String], status: Int32) {
            let arguments = ["--config", config] + options
            return try await ServedProcess.onThread {
                let server = try ServedProcess(arguments: arguments)
                let lines = server.lines(through: "  jobs ")
                return (lines, server.end(SIGTERM))
            }
        }

        func doctor() async throws -> [String] {
            try await CommandRun.carillon(["doctor", "--config", config]).output
        }
    }

    /// What is wrong with a place, and what is told of it.
    enum Fault: String, CaseIterable {
        case configOfAnother, configForAll, configForGroup, configFolderOfAnother, configFolderForAll
        case namedFileOfAnother, storeOfAnother, storeForAll, logOfAnother, stateForAll, stateOfAnother, linkOfAnother

        func make(_ place: UnsafeOwnerTests.PlacePath) throws {
            let (folder, state, store) = (place.folder, place.state, place.store)
            switch self {
            case .configOfAnother: chown("\(folder)/carillon.yaml", nobody, 0)
            case .configForAll: chmod("\(folder)/carillon.yaml", 0o666)
            case .configForGroup: chmod("\(folder)/carillon.yaml", 0o664)
            case .configFolderOfAnother: chown(folder, nobody, 0)
            case .configFolderForAll: chmod(folder, 0o777)
            case .namedFileOfAnother: chown("\(folder)/zone", nobody, 0)
            case .storeOfAnother: chown(store, nobody, 0)
            case .storeForAll: chmod(store, 0o666)
            case .logOfAnother:
                try Data().write(to: URL(filePath: store + "-wal"))
                chown(store + "-wal", nobody, 0)
            case .stateForAll: chmod(state, 0o777)
            case .stateOfAnother: chown(state, nobody, 0)
            case .linkOfAnother:
                try FileManager.default.moveItem(atPath: "\(folder)/carillon.yaml", toPath: "\(folder)/real.yaml")
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/carillon.yaml", withDestinationPath: "real.yaml")
                lchown("\(folder)/carillon.yaml", nobody, 0)
            }
        }

        /// What it tells, behind the folder.
        var words: String {
            switch self {
            case .configOfAnother, .linkOfAnother: "/carillon.yaml is owned by nobody: chown root "
            case .configForAll: "/carillon.yaml may be written by everybody: chmod go-w "
            case .configForGroup: "/carillon.yaml may be written by its group: chmod go-w "
            case .configFolderOfAnother: " is owned by nobody: chown root "
            case .configFolderForAll: " may be written by everybody: chmod go-w "
            case .namedFileOfAnother: "/zone is owned by nobody: chown root "
            case .storeOfAnother: "/state/jobs.sqlite is owned by nobody: chown root "
            case .storeForAll: "/state/jobs.sqlite may be written by everybody: chmod go-w "
            case .logOfAnother: "/state/jobs.sqlite-wal is owned by nobody: chown root "
            case .stateForAll: "/state may be written by everybody: chmod go-w "
            case .stateOfAnother: "/state is owned by nobody: chown root "
            }
        }

        var status: Int32 {
            switch self {
            case .storeOfAnother, .storeForAll, .logOfAnother, .stateForAll, .stateOfAnother: 69
            default: 78
            }
        }
    }

    struct PlacePath {
        let folder: String
        var state: String { "\(folder)/state" }
        var store: String { "\(state)/jobs.sqlite" }
    }

    @Test(
        "Refuses what others could change, unless it is told to take it; doctor warns of it", arguments: Fault.allCases)
    func refuses(_ fault: Fault) async throws {
        let place = try Place()
        let (first, status) = try await place.serve()
        #expect(status == 0, "\(first)")
        #expect(first.contains { $0.hasPrefix("  jobs ") }, "\(first)")
        #expect(!(try await place.doctor()).contains { $0.contains(" owner: ") })
        try fault.make(PlacePath(folder: place.folder.path))
        let refused = try await CommandRun.carillon(["serve", "--config", place.config])
        #expect(refused.status == fault.status, "\(refused)")
        let words =
            "others than root could have their own commands run as root, since \(place.folder.path)\(fault.words)"
        #expect(refused.errors.count == 1 && refused.errors.first?.contains(words) == true, "\(refused)")
        #expect(refused.errors.first?.hasSuffix("or give --allow-unsafe-owner where that is meant") == true)
        let told = try await place.doctor().filter { $0.contains("owner: ") }
        #expect(!told.isEmpty && told.allSatisfy { $0.contains("\(place.folder.path)\(fault.words)") }, "\(told)")
        let allowed = try await place.serve(["--allow-unsafe-owner"])
        #expect(allowed.status == 0 && allowed.lines.contains { $0.hasPrefix("  jobs ") }, "\(allowed.lines)")
    }

    @Test("Takes files of its own in a folder that is sticky, as /tmp is")
    func sticky() async throws {
        let place = try Place()
        for path in [place.folder.path, place.state] { chmod(path, 0o1777) }
        let (lines, status) = try await place.serve()
        #expect(status == 0, "\(lines)")
    }

    @Test("Reads no configuration anew that others can change by now")
    func reload() async throws {
        let place = try Place()
        let (config, path) = (place.config, place.folder.path)
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config])
            _ = server.lines(through: "  jobs ")
            try Data("state_directory: state\njobs: [{id: theirs, command: id}]\n".utf8).write(
                to: URL(filePath: config))
            chown(config, Self.nobody, 0)
            server.send(SIGHUP)
            let lines = server.lines(through: "reloading: ")
            _ = server.end(SIGTERM)
            return lines
        }
        #expect(lines.last?.contains("since \(path)/carillon.yaml is owned by nobody") == true, "\(lines)")
        #expect(!lines.contains { $0.contains("theirs") }, "\(lines)")
    }

    @Test(
        "Reads no file of variables that others could change when a run begins; doctor says the same",
        arguments: ["ofAnother", "forAll", "folderForAll"], [false, true])
    func variableFile(fault: String, isAllowed: Bool) async throws {
        let place = try Place()
        let folder = place.folder.path
        try FileManager.default.createDirectory(atPath: "\(folder)/env", withIntermediateDirectories: false)
        chmod("\(folder)/env", 0o755)
        let file = try place.folder.write("WORD=theirs\n", to: "env/job.env")
        chmod(file, 0o600)
        _ = try place.folder.write(
            "state_directory: state\njobs: [{id: a, command: \"echo got ${WORD}\", environment_file: env/job.env}]\n",
            to: "carillon.yaml")
        chmod(place.config, 0o644)
        #expect(!(try await place.doctor()).contains { $0.contains("owner: ") })
        let words: String
        switch fault {
        case "ofAnother":
            chown(file, Self.nobody, 0)
            words = "\(file) is owned by nobody: chown root "
        case "forAll":
            chmod(file, 0o666)
            words = "\(file) may be written by everybody: chmod go-w "
        default:
            chmod("\(folder)/env", 0o777)
            words = "\(folder)/env may be written by everybody: chmod go-w "
        }
        let options = isAllowed ? ["--allow-unsafe-owner"] : []
        let config = place.config
        let lines = try await ServedProcess.onThread {
            let server = try ServedProcess(arguments: ["--config", config] + options)
            let lines = server.lines(through: isAllowed ? "got ***" : "  failed")
            _ = server.end(SIGTERM)
            return lines
        }
        if isAllowed {
            #expect(lines.last?.contains("got ***") == true, "\(lines)")
        } else {
            #expect(
                lines.last?.contains("could have their own commands run as root, since \(words)") == true, "\(lines)")
            #expect(lines.last?.hasSuffix("or give --allow-unsafe-owner where that is meant") == true, "\(lines)")
        }
        #expect(!lines.contains { $0.contains("theirs") }, "\(lines)")
        let told = try await place.doctor().filter { $0.contains("owner: ") }
        #expect(told.count == 1 && told[0].contains("the variables of jobs") && told[0].contains(words), "\(told)")
        // Without the configuration, by the jobs of the store.
        let stored = try await CommandRun.carillon(["doctor"], variables: ["STATE_DIRECTORY": place.state])
        #expect(stored.output.count { $0.contains("the variables of jobs") && $0.contains(words) } == 1, "\(stored)")
    }
}
#endif
