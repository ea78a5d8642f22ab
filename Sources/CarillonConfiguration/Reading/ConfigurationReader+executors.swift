#if Configuration
import Carillon
import CarillonTriggers

extension ConfigurationReader {
    mutating func readExecutors(_ entry: Entry) {
        guard let entries = entries(of: entry) else { return }
        for entry in entries where checkAlias(entry, "an executor") {
            executorAliases.insert(entry.key)
            if let setting = executor(entry) { configuration.executors[entry.key] = setting }
        }
    }

    /// Aliases are names as those of jobs are.
    mutating func checkAlias(_ entry: Entry, _ what: String) -> Bool {
        do throws(CarillonError) {
            _ = try NameText(entry.key, of: "name of \(what)")
            return true
        } catch {
            report(entry, error.reason)
            return false
        }
    }

    private mutating func executor(_ entry: Entry) -> ExecutorSetting? {
        if case .scalar(let scalar) = entry.value {
            if case .integer(let number) = scalar.json {
                report(
                    entry,
                    "must be a type, or a type with a number as in \(entry.key): "
                        + "{type: threadpool, max_workers: \(number)}, not the number \(number)")
                return nil
            }
            return executorType(entry).map { ExecutorSetting(type: $0) }
        }
        guard let entries = entries(of: entry, "an executor") else { return nil }
        let typeEntry = entries.first { $0.key == "type" }
        let type = typeEntry.flatMap { executorType($0) }
        var workers: Int?
        var tasks: (number: Int, entry: Entry)?
        var isRight = typeEntry == nil || type != nil
        for entry in entries {
            switch entry.key {
            case "type": break
            case "max_workers":
                workers = integer(entry, in: 1...(type?.mostWorkers ?? 1_000_000))
                isRight = isRight && workers != nil
            case "max_tasks_per_worker":
                tasks = integer(entry, in: 1...1_000_000_000).map { ($0, entry) }
                isRight = isRight && tasks != nil
            default:
                report(unknown: entry, among: ["type", "max_workers", "max_tasks_per_worker"])
                isRight = false
            }
        }
        guard isRight else { return nil }
        guard let type else {
            report(entry, "the key 'type' is missing: one of \(ExecutorType.allNames.joined(separator: ", "))")
            return nil
        }
        if type == .debug, workers != nil {
            remark(entry, "max_workers has no effect: the executor 'debug' runs one at a time")
            workers = nil
        }
        if let tasks, type != .processPool {
            remark(tasks.entry, "max_tasks_per_worker has no effect: only workers of 'processpool' are replaced")
        }
        return ExecutorSetting(
            type: type, maxWorkers: workers, maxTasksPerWorker: type == .processPool ? tasks?.number : nil)
    }

    private mutating func executorType(_ entry: Entry) -> ExecutorType? {
        guard let name = text(entry) else { return nil }
        if let type = ExecutorType(name: name) { return type }
        report(word: name, entry, among: ExecutorType.allNames)
        return nil
    }
}
#endif
