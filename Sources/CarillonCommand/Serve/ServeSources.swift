#if Command
import CarillonConfiguration
import Foundation

/// Where `serve` has its configuration from; it is read anew from there at each SIGHUP.
struct ServeSources: Sendable {
    let files: [String]
    let overrides: [ConfigurationOverride]
    let environment: [String: String]
    /// Whether a server of root takes files that others could change.
    let allowsUnsafeOwner: Bool

    /// Variables of the command itself, and those that a command of a job finds, which may be another server: they set
    /// nothing, though some are nearly called like settings.
    static let otherVariables = [
        "CARILLON_CONFIG", "CARILLON_STORE", "CARILLON_JOB", "CARILLON_OCCURRENCE", "CARILLON_RUN", "CARILLON_ATTEMPT",
        "CARILLON_SCHEDULED", "CARILLON_FAILED_JOB", "CARILLON_FAILED_RUN", "CARILLON_FAILED_SCHEDULED",
        "CARILLON_FAILED_ATTEMPT", "CARILLON_FAILED_OUTCOME", "CARILLON_FAILED_ERROR",
    ]

    /// - Parameter environment: The variables of the process.
    init(
        files: [String], overrides: [ConfigurationOverride], environment: [String: String], allowsUnsafeOwner: Bool
    ) {
        self.allowsUnsafeOwner = allowsUnsafeOwner
        self.files = files
        self.overrides = overrides
        self.environment = environment.filter { !Self.otherVariables.contains($0.key) }
    }

    private static func refusal(of configuration: Configuration) -> String? {
        for file in configuration.files {
            if let refusal = OwnershipCheck.refusal(file, { $0.problem(of: file) }) { return refusal }
        }
        return nil
    }

    /// Reads and checks the configuration, on a thread of its own, since disks may be slow.
    func read() async throws(CommandFailure) -> Configuration {
        let result: Result<Configuration, ConfigurationError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                do throws(ConfigurationError) {
                    let sources = files.map { ConfigurationSource.file($0) }
                    let read = try Configuration(sources, environment: environment, overrides: overrides)
                    continuation.resume(returning: .success(read))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            thread.name = "carillon-config"
            thread.stackSize = 8 << 20
            thread.start()
        }
        let configuration: Configuration
        do {
            configuration = try result.get()
        } catch {
            // Where only flags are wrong, it is the usage.
            let isOfFlags = error.problems.allSatisfy { $0.place?.source.hasPrefix("--") ?? false }
            throw isOfFlags ? CommandFailure(.usage, error.description) : CommandFailure(error)
        }
        if !allowsUnsafeOwner, let refusal = Self.refusal(of: configuration) {
            throw CommandFailure(.badConfiguration, refusal)
        }
        return configuration
    }
}
#endif
