// Wrong uses of decorations: `scripts/check-decorations` compares what the compiler says of them with WrongUses.expected.
import Carillon
import CarillonMacros
import CarillonTriggers

@Scheduled(id: "crontab", .crontab("*/5 61 * * *")) func crontab() {}
@Scheduled(id: "crontab with a remark", .crontab("*/90 * * * *")) func remark() {}
@Scheduled(id: "field", .cron(day: 3, hour: 25)) func field() {}
@Scheduled(id: "interval", .interval(minutes: 0)) func interval() {}
@Scheduled(id: "negative", .interval(minutes: -1)) func negative() {}
@Scheduled(id: "date", .date("2025-13-01")) func date() {}
@Scheduled(id: "zone", .cron(hour: 9, in: Zone("Europe/Berlim"))) func zone() {}
@Scheduled(id: "type", .interval(minutes: "1")) func type() {}
@Scheduled(id: "policy", .interval(minutes: 1), maxInstance: 3) func policy() {}

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
