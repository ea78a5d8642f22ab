package import CarillonTriggers

extension Ledger {
    /// Takes over the runs whose server is dead: they are claimed anew, or lost where that has happened too often or
    /// their job is gone.
    ///
    /// - Parameter isAlive: Whether a server with a number lives; a server that has just begun says no to its own.
    package func recover(
        now: Instant, isAlive: (Int) -> Bool
    ) throws(CommandFailure) -> (claims: [Claim], lost: [Completion]) {
        // Most wake-ups find none, and to look needs no lock.
        let nodes = try database.rows("SELECT DISTINCT node FROM runs WHERE outcome IS NULL") { $0.number(0) }
        if nodes.allSatisfy(isAlive) { return ([], []) }
        return try database.transaction { () throws(CommandFailure) in
            var claims: [Claim] = []
            var lost: [Completion] = []
            let open = try database.rows(
                "SELECT node, job_id, scheduled, due, attempt FROM runs WHERE outcome IS NULL ORDER BY due"
            ) { row in
                let (id, scheduled, due) = (row.text(1), row.time(2), row.time(3))
                return (row.number(0), Claim(jobID: id, scheduled: scheduled, due: due, attempt: row.number(4)))
            }
            for (node, last) in open where !isAlive(node) {
                let isGone = jobs[last.jobID] == nil
                let isLost = isGone || last.attempt > Self.maximumRecoveries
                let attempt = isLost ? last.attempt : last.attempt + 1
                let claim = Claim(jobID: last.jobID, scheduled: last.scheduled, due: last.due, attempt: attempt)
                try database.run(
                    "UPDATE runs SET attempt = ?, node = ? WHERE job_id = ? AND scheduled = ?",
                    attempt, self.node, claim.jobID, claim.scheduled
                )
                let error = isGone ? "its job is gone" : "the server died over each of \(attempt) attempts"
                if isLost {
                    lost.append(Completion(claim, "lost", from: nil, to: now, error: error))
                } else {
                    claims.append(claim)
                }
            }
            try record(lost)
            return (claims, lost)
        }
    }

    /// Records how runs ended, each once.
    package func complete(_ completions: [Completion]) throws(CommandFailure) {
        guard !completions.isEmpty else { return }
        try database.transaction { () throws(CommandFailure) in try record(completions) }
    }

    private func record(_ completions: [Completion]) throws(CommandFailure) {
        for completion in completions {
            let claim = completion.claim
            try database.run(
                """
                UPDATE runs SET started = ?, finished = ?, outcome = ?, exit_code = ?, error = ?
                WHERE job_id = ? AND scheduled = ? AND node = ? AND attempt = ? AND outcome IS NULL
                """,
                completion.started, completion.finished, completion.outcome, completion.exitCode, completion.error,
                claim.jobID, claim.scheduled, node, claim.attempt
            )
        }
    }
}
