#if Command
import CarillonConfiguration

extension StoreAddress {
    /// - Throws: `CommandFailure` where nobody but the process that has the store can look into it.
    func refuseMemory() throws(CommandFailure) {
        if isInMemory { throw CommandFailure(.usage, memoryRefusal) }
    }

    /// Why nobody else looks into memory.
    var memoryRefusal: String {
        "\(self) is the memory of the process that has it, which no other can look into"
            + (kind == .sqlite ? "; name a file, as in sqlite:///jobs.sqlite" : "")
    }

    /// What whoever wrote the address may not have meant.
    func remark(alias: String) -> String? {
        guard kind == .sqlite, isInMemory else { return nil }
        return "the job store '\(alias)' (\(self)) is in memory, as an address of SQLite without a path is: jobs and "
            + "runs are gone when the server ends; name a file, as in sqlite:///jobs.sqlite, or write memory: to say so"
    }
}
#endif
