package import Carillon
internal import CarillonTriggers

/// How reports of nodes are written.
package enum StoredReport {
    package static func bytes(_ report: NodeReport) -> [UInt8] {
        var fields = PackedFields()
        fields.append(report.host)
        fields.append(Int64(report.process))
        fields.append(report.processStart)
        fields.append(report.zones)
        // Their order does not matter, so it is always the same.
        for task in report.tasks.sorted() { fields.append(task.description) }
        return fields.bytes
    }

    package static func report(_ id: NodeID, _ bytes: [UInt8]) -> NodeReport? {
        var reader = PackedReader(bytes)
        do throws(UnreadableValue) {
            let host = try reader.text("host")
            let process = Int32(truncatingIfNeeded: try reader.integer("process"))
            let start = try reader.integer("start of the process")
            let zones = try reader.optionalText("zones")
            var tasks: Set<TaskName> = []
            while !reader.isAtEnd { tasks.insert(try reader.name("task", TaskName.init(exactly:))) }
            return NodeReport(
                id: id, host: host, process: process, processStart: start, tasks: tasks, zones: zones)
        } catch {
            return nil
        }
    }
}
