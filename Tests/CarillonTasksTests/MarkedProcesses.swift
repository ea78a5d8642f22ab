import Foundation

/// The processes of a command and all that it started, found by a variable that they inherit: however they were forked,
/// and whoever is their parent by now.
struct MarkedProcesses: Sendable {
    let name = "CARILLON_TEST_MARK"
    let value = UUID().uuidString

    var environment: [String: String] { [name: value] }

    /// The processes that are there now.
    var all: [Int32] {
        let mark = Data("\(name)=\(value)".utf8)
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            let variables = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(number)/environ"))
            return variables?.split(separator: 0).contains { $0.elementsEqual(mark) } ?? false
        }
    }

    /// Waits until there are so many, or five minutes; returns those that are there then.
    func wait(until isEnough: (Int) -> Bool) async throws -> [Int32] {
        let deadline = ContinuousClock.now + .seconds(300)
        var found = all
        while !isEnough(found.count), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
            found = all
        }
        return found
    }

    /// Kills those that are left.
    func killAll() { for process in all { kill(process, SIGKILL) } }
}
