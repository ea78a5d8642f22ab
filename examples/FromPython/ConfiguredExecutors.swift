#if Configuration && NIO
import Carillon
import CarillonConfiguration
import CarillonSetup
import CarillonTriggers

@Sendable func configuredExecutors() async throws {
    let values: JSONValue = [
        "SCHEDULER_EXECUTORS": [
            "default": ["type": "threadpool", "max_workers": 30],
            "processpool": ["type": "processpool", "max_workers": 3],
            "gevent": ["type": "gevent", "max_workers": 100],
            "asyncio": ["type": "asyncio"],
            "tornado": ["type": "tornado", "max_workers": 10],
            "twisted": ["type": "twisted", "max_workers": 10],
            "debug": ["type": "debug"],
        ]
    ]
    let configuration = try Configuration([.values(values, name: "program")])
    let scheduler = try await BackgroundScheduler(daemon: false, configuration)
    for alias in configuration.executors.keys.sorted() where alias != "processpool" {
        try await scheduler.addJob(id: JobID(alias), JobOptions(executor: alias)) { tick(alias) }
    }
    try registerTasks(scheduler)
    try await scheduler.addJob(task: "count", JobOptions(executor: "processpool"))
    try await scheduler.start()
}
#endif
