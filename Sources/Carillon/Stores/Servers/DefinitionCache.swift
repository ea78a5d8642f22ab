package import CarillonTriggers
import Synchronization

/// A cache of recently read definitions, because parsing a trigger and policies from JSON takes longer than the rest of
/// reading a job.
///
/// A definition never changes under its generation and definition version: see docs/decisions. At most `limit` are
/// kept; those that were not used recently are dropped first.
package final class DefinitionCache: Sendable {
    /// The generation of a job, and the version of its definition.
    package struct Key {
        let generation: Int64
        let definitionVersion: Int64

        /// Creates a key.
        package init(generation: Int64, definitionVersion: Int64) {
            self.generation = generation
            self.definitionVersion = definitionVersion
        }
    }

    /// A class, so that it is passed around without copying a definition.
    package final class Entry: Sendable {
        /// The job's id.
        package let id: JobID
        /// When it was added.
        package let added: Instant
        /// Its definition.
        package let definition: JobDefinition

        /// Creates an entry.
        package init(id: JobID, added: Instant, definition: JobDefinition) {
            self.id = id
            self.added = added
            self.definition = definition
        }
    }

    private struct Versioned {
        let definitionVersion: Int64
        let entry: Entry
    }

    /// Two halves, by generation: a definition that is used moves to the young half, and when that is full the old one
    /// is dropped.
    private struct Halves {
        var young: [Int64: Versioned] = [:]
        var old: [Int64: Versioned] = [:]
    }

    private let halves = Mutex(Halves())
    private let halfLimit: Int

    /// Creates an empty cache.
    ///
    /// - Parameter limit: The most definitions that are kept, 2 or more.
    package init(limit: Int = 20_000) { halfLimit = max(limit / 2, 1) }

    /// The cached definition; `nil` also if its zone rules have been replaced, so that it is read again.
    package subscript(key: Key) -> Entry? {
        let entry = known(key)
        return entry?.definition.trigger.isCurrent == true ? entry : nil
    }

    private func known(_ key: Key) -> Entry? {
        halves.withLock { halves in
            if let known = halves.young[key.generation], known.definitionVersion == key.definitionVersion {
                return known.entry
            }
            guard let known = halves.old[key.generation], known.definitionVersion == key.definitionVersion else {
                return nil
            }
            insert(known.entry, for: key, into: &halves)
            return known.entry
        }
    }

    /// Adds a definition.
    package func insert(_ entry: Entry, for key: Key) {
        halves.withLock { insert(entry, for: key, into: &$0) }
    }

    private func insert(_ entry: Entry, for key: Key, into halves: inout Halves) {
        if halves.young.count >= halfLimit {
            halves.old = halves.young
            halves.young = [:]
        }
        halves.young[key.generation] = Versioned(definitionVersion: key.definitionVersion, entry: entry)
    }
}
