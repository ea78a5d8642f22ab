#if Command
import ArgumentParser
import Carillon

/// A command on a job store: what goes wrong is said on standard error, and the exit status tells its kind.
protocol StoreCommand: AsyncParsableCommand {
    /// Does what is asked for.
    func execute() async throws(CommandFailure)
}

extension StoreCommand {
    func run() async throws {
        do throws(CommandFailure) {
            try await execute()
        } catch {
            throw error.reported()
        }
    }
}

extension CommandFailure {
    /// Does something with a store; its errors become failures of the command.
    static func catching<Value: Sendable>(
        _ body: () async throws(CarillonError) -> Value
    ) async throws(CommandFailure) -> Value {
        do throws(CarillonError) {
            return try await body()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Reads or writes something; what the system refuses becomes a failure of the command.
    static func writing(_ body: () throws(POSIXFailure) -> Void) throws(CommandFailure) {
        do throws(POSIXFailure) {
            try body()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Says something on standard output.
    static func say(_ text: String) throws(CommandFailure) {
        try writing { () throws(POSIXFailure) in try OutputBuffer.print(text) }
    }

    /// The job id that was named.
    static func jobID(_ text: String) throws(CommandFailure) -> JobID {
        do throws(CarillonError) {
            return try JobID(text)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Several failures as one: the status of the first, the lines of all.
    init(_ failures: [CommandFailure]) {
        self.init(failures.first?.status ?? .refused, failures.map(\.description).joined(separator: "\n"))
    }
}
#endif
