import Foundation

/// Tries one target for some time.
struct Campaign {
    let seed: UInt64
    let seconds: Double
    let folder: String

    /// - Returns: Whether nothing was found.
    func run<Target: FuzzTarget>(_: Target.Type) -> Bool {
        let path = "\(folder)/\(Target.name)-last-input"
        guard let last = LastInput(path: path) else {
            print("\(Target.name): cannot write \(path)")
            return false
        }
        let again = "again: carillon-fuzz \(Target.name) --replay \(path) (seed \(seed))"
        print("\(Target.name): seed \(seed); after a crash \(again)")
        fflush(nil)
        let watchdog = Watchdog(seconds: 10) { "\(Target.name): one input takes longer than 10 s; \(again)" }
        let target = Target()
        let started = DispatchTime.now().uptimeNanoseconds
        var iterations = 0
        var accepted = 0
        var slowest: (nanoseconds: UInt64, iteration: Int, bytes: [UInt8]) = (0, 0, [])
        while Double(DispatchTime.now().uptimeNanoseconds - started) < seconds * 1e9 {
            var generator = SeededGenerator(seed: seed, iteration: iterations)
            let bytes = target.input(&generator)
            last.hold(bytes)
            let began = Watchdog.processorTime()
            watchdog.begin()
            do throws(Fault) {
                if try target.run(bytes, &generator) { accepted += 1 }
            } catch {
                print(
                    "\(Target.name): iteration \(iterations), seed \(seed): \(error)\n  \(Self.shown(bytes))\n  \(again)"
                )
                print("  with the same choices: --seed \(seed) --iteration \(iterations)")
                return false
            }
            watchdog.end()
            let taken = Watchdog.processorTime() - began
            if taken > slowest.nanoseconds { slowest = (taken, iterations, bytes) }
            iterations += 1
        }
        print(
            "\(Target.name): \(iterations) inputs, \(accepted) accepted, \(iterations - accepted) refused, 0 faults; slowest "
                + "\(Double(slowest.nanoseconds / 1000) / 1000) ms (iteration \(slowest.iteration)): \(Self.shown(slowest.bytes))"
        )
        return true
    }

    /// Tries one input again: a file, or an iteration of this seed.
    func replay<Target: FuzzTarget>(_: Target.Type, file: String?, iteration: Int) -> Bool {
        var generator = SeededGenerator(seed: seed, iteration: iteration)
        let made = Target().input(&generator)
        guard let bytes = file.map({ LastInput.bytes(ofFile: $0) }) ?? made else {
            print("\(file ?? ""): no such file")
            return false
        }
        print(Self.shown(bytes))
        // What is done with the input depends on chance too: with a file, on several.
        for turn in 0..<(file == nil ? 1 : 200) {
            if file != nil { generator = SeededGenerator(seed: seed, iteration: turn) }
            do throws(Fault) {
                let isAccepted = try Target().run(bytes, &generator)
                if turn == 0 { print(isAccepted ? "accepted" : "refused") }
            } catch {
                print("fault: \(error)")
                return false
            }
        }
        return true
    }

    private static func shown(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") {
            return String(reflecting: String(text.prefix(300)))
        }
        return bytes.prefix(120).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            + (bytes.count > 120 ? "… (\(bytes.count) bytes)" : "")
    }
}
