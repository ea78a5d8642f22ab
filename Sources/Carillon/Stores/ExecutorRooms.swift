/// The room that is left in each executor during a pass.
struct ExecutorRooms: Sendable {
    private var rooms = FewNamed<StorePass.Room>()
    /// The room of an executor that is not listed.
    private var other: StorePass.Room

    /// Creates the rooms by alias; executors that are not listed have none.
    ///
    /// - Parameter slots: The room of any executor if `rooms` is `nil`.
    init(_ rooms: [String: StorePass.Room]?, orElse slots: Int) {
        other = StorePass.Room(free: rooms == nil ? slots : 0)
        for (alias, room) in rooms ?? [:] { _ = self.rooms.add(alias, room) }
    }

    /// Returns the index of an executor; `nil` if it is not listed.
    func index(of executor: String) -> Int? { rooms.index(of: executor) }

    /// The room at an index from `index(of:)`.
    subscript(index: Int?) -> StorePass.Room { index.map { rooms.values[$0] } ?? other }

    /// Uses up `count` places of the room at `index`.
    mutating func take(_ count: Int, of index: Int?) {
        guard count > 0 else { return }
        if let index { rooms.values[index].take(count) } else { other.take(count) }
    }
}
