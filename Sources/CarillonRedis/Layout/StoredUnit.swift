#if Redis
internal import Carillon
internal import CarillonUnits

extension StoredUnit {
    /// Reads an answer of the server: the generation, the id, and all fields with their values.
    init?(_ reply: RedisReply, _ shared: RedisSession.Shared, epoch: Int64) {
        let parts = reply.elements
        guard parts.count == 3, let generation = parts[0].integer, let idBytes = parts[1].bytes else { return nil }
        var state: [UInt8] = []
        var definition: [UInt8] = []
        var runs: [(key: [UInt8], value: [UInt8])] = []
        let fields = parts[2].elements
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].bytes, let value = fields[index + 1].bytes else { continue }
            if name == StoredJob.stateField {
                state = value
            } else if name == StoredJob.definitionField {
                definition = value
            } else if name.first == StoredJob.runField {
                runs.append((Array(name.dropFirst()), value))
            }
        }
        self.init(
            generation: generation, id: String(decoding: idBytes, as: UTF8.self), state: state, definition: definition,
            runs: runs, fenceFloor: epoch, readers: shared.readers)
    }
}
#endif
