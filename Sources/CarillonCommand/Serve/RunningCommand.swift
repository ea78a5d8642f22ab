import CarillonTriggers
import Foundation

/// The process of a run: in a process group of its own, its input empty, its output carried to that of the server.
struct RunningCommand {
    let claim: Ledger.Claim
    /// Set where the server ends it; what the process answers to that is no outcome of its own.
    var isCancelled = false
    private let process: pid_t
    private let started = Instant.now

    /// Starts a command, which learns from its environment for which occurrence it runs.
    ///
    /// - Throws: `POSIXFailure` where the program cannot be started.
    init(_ claim: Ledger.Claim, command: [String], _ output: CommandOutput) throws(POSIXFailure) {
        self.claim = claim
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.standardOutput, 1)
        posix_spawn_file_actions_adddup2(&actions, output.standardError, 2)
        var noSignals = sigset_t()
        var allSignals = sigset_t()
        sigemptyset(&noSignals)
        sigfillset(&allSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setsigdefault(&attributes, &allSignals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var environment = ProcessInfo.processInfo.environment
        environment["CARILLON_JOB"] = claim.jobID
        environment["CARILLON_SCHEDULED"] = claim.scheduled.formatted(in: .utc)
        environment["CARILLON_ATTEMPT"] = String(claim.attempt)
        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, command.first ?? "", &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw POSIXFailure(action: "starting \(command.first ?? "")", code: code) }
        self.process = process
    }

    /// How the process ended; nothing while it runs.
    func completion() -> Ledger.Completion? {
        var status: Int32 = 0
        let found = waitpid(process, &status, WNOHANG)
        if found == 0 { return nil }
        if found < 0 {
            return Ledger.Completion(claim, "failed", from: started, to: .now, error: "its end was not seen")
        }
        let signal = Int(status & 0x7F)
        let exitCode = Int(status >> 8 & 0xFF)
        let outcome = isCancelled ? "cancelled" : status == 0 ? "succeeded" : "failed"
        let error = signal != 0 ? "signal \(signal)" : exitCode != 0 ? "exit status \(exitCode)" : nil
        return Ledger.Completion(
            claim, outcome, from: started, to: .now, exitCode: signal == 0 ? exitCode : nil, error: error
        )
    }

    /// Sends a signal to the process and all that it has started.
    func send(_ signal: Int32) { kill(-process, signal) }
}

extension Instant {
    /// What the wall clock says.
    static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
