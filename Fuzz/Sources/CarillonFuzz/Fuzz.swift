import Foundation

/// Feeds the parsers with inputs of a seeded generator.
@main
struct Fuzz {
    private static let usage = """
        usage: carillon-fuzz [TARGET…] [--seconds N] [--seed N] [--folder PATH]
               carillon-fuzz TARGET --replay FILE
               carillon-fuzz TARGET --seed N --iteration N
        targets: crontab, cron, json, tzif, request (all of them unless some are named)
        --seconds  for each target; 10
        --folder   where the input being tried is kept; the folder for temporary files
        """

    private static let targets: [any FuzzTarget.Type] = [
        CrontabTarget.self, CronTarget.self, JSONTarget.self, TZifTarget.self, RequestTarget.self,
    ]

    static func main() {
        var names: [String] = []
        var options: [String: String] = [:]
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            guard argument.hasPrefix("--") else {
                names.append(argument)
                continue
            }
            guard ["--seconds", "--seed", "--folder", "--replay", "--iteration"].contains(argument),
                let value = arguments.popFirst()
            else { end(argument == "--help" ? 0 : 64, usage) }
            options[argument] = value
        }
        let seed = options["--seed"] == nil ? 1 : UInt64(options["--seed"] ?? "")
        let seconds = options["--seconds"] == nil ? 10 : Double(options["--seconds"] ?? "")
        let iteration = options["--iteration"] == nil ? 0 : Int(options["--iteration"] ?? "")
        let chosen = targets.filter { names.isEmpty || names.contains($0.name) }
        guard let seed, let seconds, let iteration, names.allSatisfy({ name in chosen.contains { $0.name == name } })
        else { end(64, usage) }
        let campaign = Campaign(
            seed: seed,
            seconds: seconds,
            folder: options["--folder"] ?? FileManager.default.temporaryDirectory.path(percentEncoded: false)
        )
        var isSound = true
        for target in chosen {
            if options["--replay"] != nil || options["--iteration"] != nil {
                isSound = campaign.replay(target, file: options["--replay"], iteration: iteration) && isSound
            } else {
                isSound = campaign.run(target) && isSound
            }
        }
        end(isSound ? 0 : 1, "")
    }

    private static func end(_ code: Int32, _ message: String) -> Never {
        if !message.isEmpty { print(message) }
        exit(code)
    }
}
