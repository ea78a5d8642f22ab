#if Command
import ArgumentParser
import Carillon
import CarillonConfiguration
import CarillonTriggers
import Foundation

/// The option that names configuration files.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A configuration file that names the job stores, as for 'serve'; several add up.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml", "json"])
    )
    var config: [String] = []

    /// The files that are named: by flags, or else by `$CARILLON_CONFIG`.
    var files: [String] { config.isEmpty ? Self.variable("CARILLON_CONFIG").map { [$0] } ?? [] : config }

    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func validate() throws {
        if config.contains("") { throw ValidationError("--config: is empty") }
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

    /// The stores by alias, `default` always among them.
    func addresses(_ configuration: Configuration) -> [String: StoreAddress] {
        var addresses = configuration.jobStores.mapValues(\.address)
        if addresses["default"] == nil {
            addresses["default"] = .sqlite(stateDirectory(configuration).storePath)
        }
        return addresses
    }
}

/// A store as a user named it.
struct NamedStore {
    /// An address or an alias.
    let text: String
    /// The option or the variable that it stands behind.
    let origin: String

    /// The alias, as which a configuration has to have the store; nothing where it is an address, which needs none.
    var alias: String? { text.contains(":") ? nil : text }

    /// Where the store is.
    ///
    /// - Throws: `CommandFailure` where it is neither an address that can be used nor one of the aliases.
    func address(among addresses: [String: StoreAddress]) throws(CommandFailure) -> StoreAddress {
        if let address = addresses[text] { return address }
        guard alias == nil else {
            let aliases = addresses.keys.sorted()
            guard !text.contains("/") else {
                throw CommandFailure(.usage, "\(origin): '\(text)' is no address; a file is sqlite:///\(text)")
            }
            let hint = nearest(to: text, among: aliases).map { "did you mean '\($0)'? The" } ?? "the"
            throw CommandFailure(
                .usage,
                "\(origin): '\(text)' is neither an address nor an alias; \(hint) aliases are "
                    + aliases.map { "'\($0)'" }.joined(separator: ", ")
            )
        }
        do throws(ConfigurationError) {
            return try StoreAddress(text)
        } catch {
            throw CommandFailure(.usage, "\(origin): \(error)")
        }
    }
}

/// The options that say which job store is meant.
struct StoreOptions: ParsableArguments {
    @OptionGroup var configurationFiles: ConfigurationOptions

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

    /// The configuration files that are named.
    var files: [String] { configurationFiles.files }

    /// The store that is named, by the flag or else by `$CARILLON_STORE`, and by which of them.
    private var named: NamedStore? {
        if let store { return NamedStore(text: store, origin: "--store") }
        return ConfigurationOptions.variable("CARILLON_STORE").map { NamedStore(text: $0, origin: "$CARILLON_STORE") }
    }

    /// Whether configuration files are named, and no store beside them.
    var namesConfigurationAlone: Bool { !files.isEmpty && named == nil }

    func validate() throws {
        if store == "" { throw ValidationError("--store: is empty") }
    }

    /// How much of the configuration a command on the store reads.
    ///
    /// - Parameter withJobDefaults: Whether it makes jobs.
    func extent(withJobDefaults: Bool) -> ConfigurationExtent {
        let alias = named.map(\.alias) ?? "default"
        return .stores(aliases: alias.map { [$0] } ?? [], withJobDefaults: withJobDefaults)
    }

    /// See `ConfigurationOptions`.
    func configuration(_ extent: ConfigurationExtent = .whole) throws(CommandFailure) -> Configuration {
        try configurationFiles.configuration(extent)
    }

    /// The executors of the configuration; nothing where no file is named, as others may have what they like.
    func executors(_ configuration: Configuration) -> KnownExecutors? {
        files.isEmpty ? nil : KnownExecutors(configuration)
    }

    /// The stores by alias, `default` always among them.
    ///
    /// - Throws: `CommandFailure` where `--store` is an address that cannot be used.
    func addresses(_ configuration: Configuration) throws(CommandFailure) -> [String: StoreAddress] {
        var addresses = configurationFiles.addresses(configuration)
        if let named, addresses[named.text] == nil { addresses["default"] = try named.address(among: addresses) }
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
