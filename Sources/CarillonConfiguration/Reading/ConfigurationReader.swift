#if Configuration
import Carillon
import CarillonTriggers

/// Makes a `Configuration` of its sources and collects what is wrong with them.
struct ConfigurationReader {
    let substitution: Substitution
    /// The order of the arguments of tasks, by their names.
    let argumentOrders: [String: [String]]
    /// The tasks that the program has told the order of: one that is called like a built-in one is another one.
    let ownTasks: Set<String>

    /// What is read.
    var extent = ConfigurationExtent.whole
    var configuration = Configuration()
    /// The values that variables have put in, which no message shows.
    private var uses: Set<Substitution.Use> = []
    private(set) var problems: [ConfigurationProblem] = []
    private var furtherCount = 0
    /// How much is wrong so far: to tell whether a step found anything.
    var problemCount: Int { problems.count + furtherCount }
    /// The aliases that jobs can name, right or wrong as their settings may be.
    var executorAliases: Set<String> = ["default"]
    var storeAliases: Set<String> = ["default"]
    /// Triggers by their JSON form, in the zone of the configuration.
    var knownTriggers: [JSONValue: Trigger] = [:]
    /// Where values stand whose tags are wrong, and the keys before these.
    private var mistagged: Set<ConfigurationPlace> = []
    /// The files that were given, by what they are, with the names they were given by.
    var files: [FileIdentity: String] = [:]
    /// The names of files that are not there.
    var missingFiles: Set<String> = []
    /// The job that is being read, once its id is known.
    var jobInHand: JobID?
    /// Whether a file could not be read.
    private var isFileMissing = false
    /// The order that sources were read in, for that of problems.
    private var sourceOrder: [String: Int] = [:]
    /// How much more may be taken out of values, in bytes: aliases repeat what they stand for.
    var room = 128_000_000

    init(environment: [String: String], argumentOrders: [String: [String]]) {
        substitution = Substitution(environment: environment)
        ownTasks = Set(argumentOrders.keys)
        self.argumentOrders = argumentOrders.merging(Self.ownArgumentOrders) { given, _ in given }
    }

    /// What was read.
    ///
    /// - Throws: `ConfigurationError` where anything is wrong.
    func result() throws(ConfigurationError) -> Configuration {
        guard !problems.isEmpty else { return configuration }
        let sorted = problems.enumerated().sorted { left, right in
            let (first, second) = (order(left.element), order(right.element))
            return first == second ? left.offset < right.offset : first.lexicographicallyPrecedes(second)
        }
        throw ConfigurationError(
            isFileMissing ? .unreadableFile : .invalid, sorted.map(\.element), furtherCount: furtherCount)
    }

    private func order(_ problem: ConfigurationProblem) -> [Int] {
        guard let place = problem.place else { return [] }
        return [sourceOrder[place.source] ?? .max, place.line, place.column]
    }

    /// Reads a file, one byte more than allowed at most, and takes note of it.
    ///
    /// - Throws: `FileFailure` in the system's words.
    mutating func contents(ofFile path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        let bytes = try ConfigurationSource.contents(ofFile: path, limit: limit)
        configuration.files.append(path)
        return bytes
    }

    /// Takes note of a source before anything is told of it.
    mutating func begin(_ source: SourceText) { sourceOrder[source.name] = sourceOrder.count }

    /// Tells what is wrong at a place, unless that only follows from a tag there.
    mutating func report(_ place: ConfigurationPlace, _ path: SettingPath, _ message: String) {
        if !mistagged.contains(place) { add(place, path, message) }
    }

    /// Tells what is wrong with tags; what they stand before is not told of besides.
    mutating func report(_ tags: TagWalk, _ source: SourceText, _ path: SettingPath) {
        for problem in tags.problems {
            let place = ConfigurationPlace(source: source.name, line: problem.line, column: problem.column)
            add(place, path, problem.message)
        }
        mistagged.formUnion(tags.told.map { source.place($0) })
    }

    private mutating func add(_ place: ConfigurationPlace, _ path: SettingPath, _ message: String) {
        guard problems.count < ConfigurationError.maximumProblems else {
            furtherCount += 1
            return
        }
        let message = masked(message + (jobInHand.map { " (job '\($0)')" } ?? ""))
        problems.append(ConfigurationProblem(place: place, key: path.description, message: message))
    }

    /// Does something, and forgets what it found wrong.
    mutating func ignoringProblems(_ body: (inout ConfigurationReader) -> Void) {
        let before = (problems, furtherCount, isFileMissing)
        body(&self)
        (problems, furtherCount, isFileMissing) = before
    }

    /// Tells what is wrong with the value of a key.
    mutating func report(_ entry: Entry, _ message: String) {
        report(entry.source.place(entry.place), entry.path, message)
    }

    /// Tells that a key is not known.
    mutating func report(unknown entry: Entry, among keys: [String]) {
        report(unknown: entry, refusal(ofKey: entry.key, among: keys))
    }

    /// Tells that a key is not known, among those of several parts.
    ///
    /// - Parameters:
    ///   - mainCount: How many of them are told where no key is like it.
    ///   - others: What the other parts are called.
    mutating func report(unknown entry: Entry, amongParts parts: [[String]], mainCount: Int, others: String) {
        report(unknown: entry, refusal(ofKey: entry.key, amongParts: parts, mainCount: mainCount, others: others))
    }

    private mutating func report(unknown entry: Entry, _ refusal: String) {
        let key = entry.key.isEmpty ? "\"\"" : "'\(entry.key)'"
        add(entry.source.place(entry.place), entry.parent, "\(key) \(refusal)")
    }

    mutating func reportMissingFile(_ place: ConfigurationPlace, _ path: SettingPath, _ message: String) {
        isFileMissing = true
        report(place, path, message)
    }

    /// Tells what was understood but has no effect.
    mutating func remark(_ entry: Entry, _ message: String) {
        guard configuration.remarks.count < ConfigurationError.maximumProblems else { return }
        configuration.remarks.append(
            ConfigurationProblem(
                place: entry.source.place(entry.place), key: entry.path.description, message: masked(message)))
    }

    /// Tells what is right and most likely fails later.
    mutating func warn(_ place: ConfigurationPlace, _ path: SettingPath, _ message: String) {
        guard configuration.warnings.count < ConfigurationError.maximumProblems else { return }
        configuration.warnings.append(ConfigurationProblem(place: place, key: path.description, message: message))
    }

    /// A text with the values of variables in it.
    mutating func substituting(_ text: String) throws(Substitution.Failure) -> String {
        configuration.variables.formUnion(Substitution.names(in: text))
        var found: [Substitution.Use] = []
        let complete = try substitution.apply(to: text, uses: &found)
        uses.formUnion(found)
        return complete
    }

    /// A message that shows the name of a variable instead of its value.
    private func masked(_ message: String) -> String {
        let longest = uses.sorted {
            $0.value.count == $1.value.count ? $0.name < $1.name : $0.value.count > $1.value.count
        }
        return longest.reduce(message) { message, use in
            guard !use.value.isEmpty else { return message }
            // A short one may be part of any word.
            guard use.value.utf8.count < SecretMask.shortestLength else {
                return message.replacing(use.value, with: "${\(use.name)}")
            }
            return message.replacing("'\(use.value)'", with: "'${\(use.name)}'")
        }
    }
}
#endif
