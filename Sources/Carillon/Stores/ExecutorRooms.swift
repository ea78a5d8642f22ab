/// The room that executors have left during a pass.
struct ExecutorRooms: Sendable {
    private var rooms = FewNamed<StorePass.Room>()
    /// The room of an executor that is not named.
    private var other: StorePass.Room

    /// Takes the rooms by alias, with none for other executors; without rooms, so many slots whatever the executor.
    init(_ rooms: [String: StorePass.Room]?, orElse slots: Int) {
        other = StorePass.Room(free: rooms == nil ? slots : 0)
        for (alias, room) in rooms ?? [:] { _ = self.rooms.add(alias, room) }
    }

    /// Where an executor is found.
    func index(of executor: String) -> Int? { rooms.index(of: executor) }

    /// The room of the executor that was found.
    subscript(index: Int?) -> StorePass.Room { index.map { rooms.values[$0] } ?? other }

    /// Fills some of the room.
    mutating func take(_ count: Int, of index: Int?) {
        guard count > 0 else { return }
        if let index { rooms.values[index].take(count) } else { other.take(count) }
    }
}
