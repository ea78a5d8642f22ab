#if Command
import ArgumentParser
import CarillonTriggers

/// The trigger that `next` and `explain` are asked about, as it stands on the command line.
struct TriggerText: ExpressibleByArgument {
    let text: String

    init(argument: String) { text = argument }

    /// The trigger, read in a zone unless it names one itself.
    ///
    /// - Throws: `ValidationError`, saying what is wrong.
    func validated(in zone: Zone) throws -> Trigger {
        do throws(TriggerError) {
            return try read().resolved(defaultZone: zone)
        } catch {
            let isBlank = text.allSatisfy(\.isWhitespace)
            throw ValidationError(isBlank ? "the trigger \(error.sentence)" : error.forUsers.description)
        }
    }

    /// The trigger as it is written, with or without a zone.
    func read() throws(TriggerError) -> Trigger {
        let first = text.utf8.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A }
        return first == UInt8(ascii: "{")
            ? try Trigger(json: try JSONReader.value(of: Array(text.utf8))) : try Trigger.crontab(text)
    }

    static let help = ArgumentHelp(
        "A crontab expression in quotes, or a trigger as JSON.",
        discussion: """
            Five fields (minute hour day month weekday), six with seconds in front, or a macro such as @daily. Lists, \
            ranges, steps, names, L, W and # are understood. Text that begins with { is read as JSON, such as \
            '{"type": "interval", "minutes": 5}'. Weekday 0 is Sunday in crontab text, and Monday in JSON of the type \
            cron; names mean the same in both. In JSON, 'gap' (once, skip, shift) and 'fold' (first, both) choose what \
            becomes of times that the clock skips or shows twice; they have no effect on an expression with a star for \
            hour, minute or second, which follows elapsed time.
            """
    )
}
#endif
