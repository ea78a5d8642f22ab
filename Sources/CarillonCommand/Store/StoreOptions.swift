#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation

/// The options that say which job store is meant.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A configuration file that names the job stores, as for 'serve'; several add up.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml", "json"])
    )
    var config: [String] = []

    @Option(
        help: ArgumentHelp(
            "The job store: an address such as sqlite:///jobs.sqlite, or an alias in the configuration.",
            discussion: """
                Without it: $CARILLON_STORE, 'default' in the configuration, or else the file \(StateDirectory.storeFile) in the \
                state directory: 'state_directory' in the configuration, $STATE_DIRECTORY, $XDG_STATE_HOME/carillon \
                or ~/.local/state/carillon.
                """,
            valueName: "address"
        )
    )
    var store: String?

    /// The files that are named: by flags, or else by `$CARILLON_CONFIG`.
    var files: [String] { config.isEmpty ? Self.variable("CARILLON_CONFIG").map { [$0] } ?? [] : config }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The store that is named, by the flag or else by `$CARILLON_STORE`, and by which of them.
    private var named: (text: String, by: String)? {
        if let store { return (store, "--store") }
        return Self.variable("CARILLON_STORE").map { ($0, "$CARILLON_STORE") }
    }

    /// Whether configuration files are named, and no store beside them.
    var namesConfigurationAlone: Bool { !files.isEmpty && named == nil }

    func validate() throws {
        for (option, value) in [("--store", store)] + config.map({ ("--config", $0) }) where value == "" {
            throw ValidationError("\(option): is empty")
        }
    }

    /// How much of the configuration a command on the store reads.
    ///
    /// - Parameter withJobDefaults: Whether it makes jobs.
    func extent(withJobDefaults: Bool) -> ConfigurationExtent {
        // An address needs none of the configuration's stores.
        let alias = named.map { $0.text.contains(":") ? nil : $0.text } ?? "default"
        return .store(alias: alias, withJobDefaults: withJobDefaults)
    }

    /// The configuration files that are named, with what the environment says.
    ///
    /// - Throws: `CommandFailure`: `missingFile` or `badConfiguration`, with a line for each problem.
    func configuration(_ extent: ConfigurationExtent = .whole) throws(CommandFailure) -> Configuration {
        do throws(ConfigurationError) {
            // Those that the command of a job finds are no settings, though some are nearly called so.
            let environment = ProcessInfo.processInfo.environment.filter {
                !ServeSources.otherVariables.contains($0.key)
            }
            return try Configuration(files.map { .file($0) }, environment: environment, extent: extent)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Where the server keeps its own things.
    func stateDirectory(_ configuration: Configuration) -> StateDirectory {
        StateDirectory(
            setting: configuration.stateDirectory,
            configurationFile: files.first,
            environment: ProcessInfo.processInfo.environment
        )
    }

    /// The executors of the configuration; nothing where no file is named, as others may have what they like.
    func executors(_ configuration: Configuration) -> KnownExecutors? {
        files.isEmpty ? nil : KnownExecutors(configuration)
    }

    /// The stores by alias, `default` always among them.
    ///
    /// - Throws: `CommandFailure` where `--store` is an address that cannot be used.
    func addresses(_ configuration: Configuration) throws(CommandFailure) -> [String: StoreAddress] {
        var addresses = configuration.jobStores.mapValues(\.address)
        if addresses["default"] == nil {
            addresses["default"] = .sqlite(stateDirectory(configuration).storePath)
        }
        if let (store, origin) = named, addresses[store] == nil {
            guard store.contains(":") else {
                let aliases = addresses.keys.sorted()
                let hint = nearest(to: store, among: aliases).map { "did you mean '\($0)'? The" } ?? "the"
                throw CommandFailure(
                    .usage,
                    "\(origin): '\(store)' is neither an address nor an alias; \(hint) aliases are "
                        + aliases.map { "'\($0)'" }.joined(separator: ", ")
                )
            }
            do throws(ConfigurationError) {
                addresses["default"] = try StoreAddress(store)
            } catch {
                throw CommandFailure(.usage, "\(origin): \(error)")
            }
        }
        return addresses
    }

    /// The alias of the store that is meant.
    func alias(among addresses: [String: StoreAddress]) -> String {
        named.flatMap { addresses[$0.text] == nil ? nil : $0.text } ?? "default"
    }

    /// The store that is meant, with its alias and address.
    ///
    /// - Parameter withJobDefaults: Whether the command makes jobs, which begin with the policies of the configuration.
    /// - Throws: `CommandFailure`, see `StoreAddress.opened(for:)`.
    func opened(
        for purpose: StoreAddress.Purpose, withJobDefaults: Bool = false
    ) async throws(CommandFailure) -> OpenedStore {
        let configuration = try configuration(extent(withJobDefaults: withJobDefaults))
        let addresses = try addresses(configuration)
        let alias = alias(among: addresses)
        try addresses[alias]?.refuseMemory()
        guard let address = addresses[alias] else {
            throw CommandFailure(.usage, "--store: there is no store '\(alias)'")
        }
        return OpenedStore(
            store: try await address.opened(for: purpose),
            alias: alias,
            address: address,
            zone: configuration.zone,
            lease: configuration.lease,
            jobDefaults: configuration.jobDefaults,
            executors: executors(configuration)
        )
    }
}

/// A store that a command looks into.
struct OpenedStore {
    let store: any JobStore
    /// What jobs call it.
    let alias: String
    /// Where it is.
    let address: StoreAddress
    /// The zone of triggers that name none.
    let zone: Zone
    /// How long a node may be silent.
    let lease: Duration
    /// The policies of new jobs, as far as they have none of their own; each policy's own default unless they were asked for.
    let jobDefaults: JobPolicies
    /// The executors of the configuration, where one is named.
    let executors: KnownExecutors?
}
#endif
