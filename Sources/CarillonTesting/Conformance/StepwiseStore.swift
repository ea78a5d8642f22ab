import Carillon

/// A store whose passes are the contract's default: it adds, finds, plans and commits one after the other, as stores
/// without transactions do.
struct StepwiseStore: ForwardingStore {
    let store: any JobStore
}
