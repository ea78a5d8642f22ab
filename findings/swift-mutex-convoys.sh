#!/usr/bin/env bash
# The `Mutex` of Swift's standard library may become a hundred times slower on Linux, and stay so, if more threads than
# processors use it for short sections.
#
# Seen with Swift 6.3.1 on Debian 12, ten threads on two processors, 300,000 short sections: in most rounds one takes 0.2 µs,
# as with a `pthread_mutex_t`, in a third to a half of them 15 to 40 µs. `Mutex` locks by FUTEX_LOCK_PI: the kernel hands the
# lock to a thread that waits, which has to be scheduled first, and meanwhile the others come to wait as well. Once they stand
# in line, every section costs a change of threads. A `pthread_mutex_t` may be taken again by the thread that has just
# released it, and never showed this.
#
# Run by hand, with swiftc and taskset. Exit status 0 where all is as above.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.swift <<'SWIFT'
import Foundation
import Synchronization

final class Standard: Sendable {
    private let count = Mutex(0)

    func add() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

final class Posix: @unchecked Sendable {
    // `@unchecked`: the count is touched with the lock held alone.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var count = 0

    init() { pthread_mutex_init(lock, nil) }

    func add() -> Int {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        count += 1
        return count
    }
}

/// Nanoseconds a section, with some work between two of them.
func measure(_ add: @escaping @Sendable () -> Int) -> Int {
    let (threads, sections) = (10, 300_000)
    let ended = DispatchSemaphore(value: 0)
    let begin = ContinuousClock.now
    for _ in 0..<threads {
        Thread.detachNewThread {
            var number = 1
            while add() < sections { for step in 0..<200 { number = number &* 31 &+ step } }
            if number == 0 { print() }
            ended.signal()
        }
    }
    for _ in 0..<threads { ended.wait() }
    return Int((ContinuousClock.now - begin) / .nanoseconds(sections))
}

let rounds = (1...20).map { _ in
    let (standard, posix) = (Standard(), Posix())
    return (standard: measure { standard.add() }, posix: measure { posix.add() })
}
let standard = rounds.map(\.standard).sorted()
let posix = rounds.map(\.posix).sorted()
print("Mutex, ns a section:          ", standard.map(String.init).joined(separator: " "))
print("pthread_mutex_t, ns a section:", posix.map(String.init).joined(separator: " "))
exit(standard[19] > 10 * posix[10] && posix[19] < 10 * posix[10] ? 0 : 1)
SWIFT

swift --version 2>&1 | head -1
swiftc -O main.swift -o measure
taskset -c 0,1 ./measure
