// Wrong uses of decorations: `scripts/check-decorations` compares what the compiler says of them with WrongUses.expected.
import Carillon
import CarillonMacros
import CarillonTriggers

@Scheduled(id: "crontab", .crontab("*/5 61 * * *")) func crontab() {}
@Scheduled(id: "crontab with a remark", .crontab("*/90 * * * *")) func remark() {}
@Scheduled(id: "field", .cron(day: 3, hour: 25)) func field() {}
@Scheduled(id: "interval", .interval(minutes: 0)) func interval() {}
@Scheduled(id: "negative", .interval(minutes: -1)) func negative() {}
@Scheduled(id: "length", .interval(.seconds(0))) func length() {}
@Scheduled(id: "", .interval(minutes: 1)) func emptyID() {}
@Scheduled(id: "date", .date("2025-13-01")) func date() {}
@Scheduled(id: "zone", .cron(hour: 9, in: Zone("Europe/Berlim"))) func zone() {}
@Scheduled(id: "zone name", .cron(hour: 9), timeZone: "Europe/Berlim") func zoneName() {}
@Scheduled(id: "two zones", .cron(hour: 9, in: .utc), timeZone: "Europe/Berlin") func twoZones() {}
@Scheduled(id: "jitter", .date("2025-12-31"), jitter: .seconds(1)) func jitter() {}
@Scheduled(id: "zone of others", someTrigger, timeZone: "Europe/Berlin") func zoneOfOthers() {}
@Scheduled(id: "type", .interval(minutes: "1")) func type() {}
@Scheduled(id: "policy", .interval(minutes: 1), maxInstance: 3) func policy() {}

let someTrigger = Trigger.date(Instant(seconds: 0))

@Scheduled(.interval(minutes: 1))
@Scheduled(.interval(minutes: 2))
func withoutIDs() {}

@Scheduled(id: "same", .interval(minutes: 1))
@Scheduled(id: "same", .interval(minutes: 2))
func sameIDs() {}

struct Mailer {
    @Scheduled(id: "method", .interval(minutes: 1)) func method() {}
}

struct Box<Content> {
    @Scheduled(id: "generic type", .interval(minutes: 1)) static func member() {}
}

@Scheduled(id: "generic function", .interval(minutes: 1)) func generic<T>(_ value: T) {}
@Scheduled(id: "argument", .interval(minutes: 1)) func argument(name: String) {}
@Scheduled(id: "result", .interval(minutes: 1)) func result() -> Int { 3 }
@Scheduled(id: "variable", .interval(minutes: 1)) let variable = 3

func outer() {
    @Scheduled(id: "inner", .interval(minutes: 1)) func inner() {}
}

@JobGroup struct Group {
    @Scheduled(id: "one", .interval(minutes: 1)) func one() {}
    @Scheduled(id: "one", .interval(minutes: 2)) func two() {}
    @Scheduled(.interval(minutes: 2)) func three() {}
    @Scheduled(id: "three", .interval(minutes: 2)) func four() {}
    @Scheduled(id: "minute", .crontab("60 * * * *")) func five() {}
    @Scheduled(id: "mutating", .interval(minutes: 2)) mutating func six() {}
    @Scheduled(id: "with argument", .interval(minutes: 2)) func seven(_ name: String) {}
}
@JobGroup enum NoInstances {}
@JobGroup struct NoJobs {}
extension Group {
    @Scheduled(id: "extension", .interval(minutes: 1)) func inExtension() {}
}

struct Secret {}
final class Shared: Codable { var value = 0 }
@JobTask func secret(_ secret: Secret, depth: Int = 3) {}
@JobTask func shared(
    path: String,
    shared: Shared
) {}
@JobTask func function(body: @escaping @Sendable () -> Void) {}
@JobTask func tuple(_ pair: (Int, Int)) {}
@JobTask func opaque(_ value: some Codable) {}
@JobTask func anything(_ value: Any) {}
@JobTask func list(_ values: Int...) {}
@JobTask func reserved(id: Int) {}
@JobTask(renamed: ["old": "knew"]) func renamed(new: Int) {}
@JobTask func generic<T: Codable>(_ value: T) {}
@JobTask func unstorable() -> Secret { Secret() }
struct Reports {
    @JobTask func method() {}
}
func uses() {
    _ = $tuple.job(id: "a")
    _ = $renamed.job(id: "b", new: "text")
    _ = $shared.job(path: "c")
}
