#if Configuration
import CarillonConfiguration

/// Reads a text as the file `f`.
func read(
    _ text: String, _ environment: [String: String] = [:], _ overrides: [ConfigurationOverride] = [],
    argumentOrders: [String: [String]] = [:]
) throws(ConfigurationError) -> Configuration {
    try Configuration(
        [.text(text, name: "f")], environment: environment, overrides: overrides, argumentOrders: argumentOrders)
}

/// Reads environment variables alone.
func read(environment: [String: String]) throws(ConfigurationError) -> Configuration {
    try Configuration([], environment: environment)
}

/// The lines that tell what is wrong; none where nothing is.
func problemLines(_ text: String, _ environment: [String: String] = [:], _ overrides: [ConfigurationOverride] = [])
    -> [String]
{
    problemLines { () throws(ConfigurationError) in _ = try read(text, environment, overrides) }
}

func problemLines(_ body: () throws(ConfigurationError) -> Void) -> [String] {
    do throws(ConfigurationError) {
        try body()
        return []
    } catch {
        return error.description.split(separator: "\n").map(String.init)
    }
}

/// The arguments of a job as text.
func arguments(_ job: ConfiguredJob?) -> String? { job.map { String(decoding: $0.arguments, as: UTF8.self) } }
#endif
