#if Command
import ArgumentParser
import CarillonTriggers

/// The options that say when a job is due.
struct TriggerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Crontab text in quotes, such as \"30 2 * * *\" or @daily.", valueName: "text"))
    var cron: String?

    @Option(
        help: ArgumentHelp("Again and again after this time: \(SecondsText.help).", valueName: "time"),
        transform: { try SecondsText($0).seconds }
    )
    var every: Int?

    @Option(help: ArgumentHelp("Once, such as 2026-12-24T18:00, now, tomorrow or 'in 1h'.", valueName: "time"))
    var at: String?

    @Option(help: ArgumentHelp("A trigger as JSON, such as '{\"type\": \"interval\", \"minutes\": 5}'."))
    var trigger: TriggerText?

    @Option(
        name: [.long, .customShort("z")],
        help: """
            The zone of the trigger, where its text names none, and of the times shown. Without it: that of the trigger \
            before, or 'timezone' in the configuration, or UTC.
            """,
        completion: .custom { _, _, _ in ["local"] + ZoneDatabase.system.zoneNames() },
        transform: ViewOptions.zone
    )
    var timezone: Zone?

    private var given: [String] {
        [
            cron.map { _ in "--cron" }, every.map { _ in "--every" }, at.map { _ in "--at" },
            trigger.map { _ in "--trigger" },
        ].compactMap(\.self)
    }

    /// Whether there is a trigger at all.
    var isGiven: Bool { !given.isEmpty }

    /// Whether the trigger means the same whatever the zone of the one before.
    var isWithoutDefaultZone: Bool {
        every != nil || (try? trigger?.read())?.ownZone != nil
    }

    func validate() throws {
        if given.count > 1 {
            throw ValidationError("a job has one trigger: give one of \(given.joined(separator: " and "))")
        }
        if every == 0 { throw ValidationError("--every: '0' is no interval; 1 second is the shortest") }
    }

    /// The trigger, with a zone; nothing where none is given.
    ///
    /// - Throws: `CommandFailure` with `badInput`, naming the option and what is wrong.
    func read(defaultZone: Zone) throws(CommandFailure) -> Trigger? {
        let option = given.first ?? ""
        do throws(TriggerError) {
            let zone = timezone ?? defaultZone
            return try text(zone)?.resolved(defaultZone: zone)
        } catch {
            throw CommandFailure(.badInput, "\(option): \(error.forUsers)")
        }
    }

    private func text(_ zone: Zone) throws(TriggerError) -> Trigger? {
        if let cron { return try Trigger.crontab(cron) }
        if let every {
            if every % 3600 == 0 { return try Trigger.interval(hours: every / 3600) }
            return every % 60 == 0 ? try Trigger.interval(minutes: every / 60) : try Trigger.interval(seconds: every)
        }
        if let at { return try Self.date(at, zone) }
        return try trigger?.read()
    }

    /// A date as it is written, or one that is told from now on, to the second.
    private static func date(_ text: String, _ zone: Zone) throws(TriggerError) -> Trigger {
        guard Moment(text) == nil, let time = try? ToldTime(text) else { return try Trigger.date(text) }
        guard !time.isPast else {
            throw TriggerError(
                .invalidValue, value: text, "is a time that has passed; write 'in \(text)' for one to come")
        }
        return try Trigger.date(Instant(seconds: time.instant(in: zone).flooredSeconds).formatted(in: zone))
    }
}
#endif
