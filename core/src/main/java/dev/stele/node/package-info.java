/// The namespace as data: names in directories, inodes, extended attributes. Every change is staged in a transaction of
/// the caller's, who holds the locks and decides when it happens; nothing here waits or locks.
///
/// Invariants:
///
/// - N1. A name leads to an inode whose first word is set; both become so by one record.
/// - N2. The first key of a directory's index is 0, so that every name has a block to go to; an empty directory has no
///   block.
/// - N3. A block holds the names whose keys are at least its key in the index and below the next one's; keys never move
///   between blocks but by splitting, so that a listing in the order of keys is stable.
/// - N4. At most 7 names of a directory have one key: three bits of a cookie tell them apart.
package dev.stele.node;
