extension Duration {
    /// The time in milliseconds for `poll`: rounded up, so that it does not end early, and an hour at most.
    package var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(min(max(0, seconds), 3600) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
