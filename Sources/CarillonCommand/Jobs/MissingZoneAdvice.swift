#if Command
import Carillon
import CarillonTriggers

extension JobStore {
    /// How a job that cannot be read gets another zone; `nil` if its zone is not what it lacks.
    ///
    /// - Parameter id: As the store has it.
    func missingZoneAdvice(of id: String) async -> String? {
        guard let job = try? JobID(id) else { return nil }
        ZoneDatabase.system.readMissingZones(by: .utc)
        defer { ZoneDatabase.system.readMissingZones(by: nil) }
        guard (try? await snapshot(job, at: SystemClock().now)) != nil else { return nil }
        return "'carillon jobs edit \(StoreFile.quoted(id.printable)) --timezone ZONE' gives its trigger another zone"
    }
}
#endif
