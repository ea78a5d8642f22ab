#if Command
import CarillonTriggers
import Synchronization

/// The zone of times in what is logged, which another configuration may change.
final class ShownZone: Sendable {
    private let zone: Mutex<Zone>

    init(_ zone: Zone) { self.zone = Mutex(zone) }

    var value: Zone {
        get { zone.withLock { $0 } }
        set { zone.withLock { $0 = newValue } }
    }
}
#endif
