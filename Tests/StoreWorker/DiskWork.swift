import Carillon
import CarillonSQLite
import CarillonTriggers
import Foundation

/// Adds two jobs to an SQLite store and backs it up, for a test that looks at what the disk was asked for.
///
/// A line for each step goes to the file of `DISK_CALLS`, between the lines of the calls themselves.
enum DiskWork {
    static func run(store path: String, backup: String) async throws {
        let store = try await SQLiteJobStore(path: path)
        let definition = JobDefinition(task: TaskName("work"), trigger: try .interval(minutes: 1))
        for id in ["first", "second"] {
            try note("adding")
            _ = try await store.insert([NewJob(id: try JobID(id), definition: definition, added: SystemClock().now)])
            try note("added")
        }
        try note("backing up")
        try await store.backup(to: backup)
        try note("backed up")
        await store.close()
    }

    private static func note(_ step: String) throws {
        guard let path = ProcessInfo.processInfo.environment["DISK_CALLS"] else { return }
        let file = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(contentsOf: Data("step \(step)\n".utf8))
    }
}
