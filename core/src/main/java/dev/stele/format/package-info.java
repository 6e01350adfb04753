/// The bytes on the medium and nothing else: structures, checksums, geometry. Every structure is one class whose
/// `LAYOUT` is the only place its fields are given; docs/format.md shows the same tables and a test compares them.
///
/// Invariants:
///
/// - F1. Little-endian, naturally aligned; a word that is published alone is an aligned u64.
/// - F2. Zero means "none": zeroed memory holds no inode, no entry, no block reference.
/// - F3. Every structure names itself (`self`) and, where it has one, its owner: a misdirected store is seen.
/// - F4. What a medium says is checked by `verify` before it is believed; nothing here trusts a count from the medium.
/// - F5. Every load is one that the JVM can step over where the page cannot be read: an error, not its end
///   ([Layouts#half]).
package dev.stele.format;
