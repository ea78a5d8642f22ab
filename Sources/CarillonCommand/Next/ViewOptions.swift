#if Command
import ArgumentParser
import CarillonTriggers
import Foundation

/// The options that say when and where a trigger is looked at.
struct ViewOptions: ParsableArguments {
    @Option(
        name: [.long, .customShort("z")],
        help: """
            The time zone whose clock is meant, such as Europe/Berlin; 'local' is this machine's, as TZ or \
            /etc/localtime says. Without it: UTC, or what $CARILLON_TIMEZONE says. A zone in the trigger goes before it; fire times of a trigger of \
            several parts are shown in the zone of the trigger only where all parts name the same.
            """,
        completion: .custom { _, _, _ in ["local"] + ZoneDatabase.system.zoneNames() },
        transform: Self.zone
    )
    var timezone: Zone?

    @Option(
        help: ArgumentHelp(
            "Show what comes after this time instead of now, such as 2027-03-28 or 2027-03-28T01:30:00+01:00; or "
                + "\(ToldTime.words).",
            valueName: "time"
        ),
        transform: { try ToldTime($0) }
    )
    var from: ToldTime?

    /// The zone of what names none.
    var zone: Zone { timezone ?? (try? Self.environmentZone()) ?? .utc }

    func validate() throws {
        if timezone == nil { _ = try Self.environmentZone() }
    }

    /// The zone that a server and the other commands take from the environment.
    private static func environmentZone() throws -> Zone? {
        for name in ["CARILLON_TIMEZONE", "SCHEDULER_TIMEZONE"] {
            guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { continue }
            do throws(TriggerError) {
                return try Zone(text)
            } catch {
                throw ValidationError("$\(name): \(error)")
            }
        }
        return nil
    }

    /// The time to look from.
    var start: Instant { from?.instant(in: zone) ?? Instant(.now) }

    // The parser says before these words which option has which value.

    static func zone(_ name: String) throws -> Zone {
        do throws(TriggerError) {
            return try Zone(name)
        } catch {
            let isOfName = error.value == name && !name.isEmpty
            throw ValidationError(isOfName ? "it \(error.reason)" : error.description)
        }
    }

}
#endif
