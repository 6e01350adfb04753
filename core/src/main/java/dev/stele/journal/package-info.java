/// Atomic change of many words for one drain: a redo log in a fixed area.
///
/// An operation stages what it will change in a [Transaction], which is the record itself while it is being built.
/// Commit reserves room in the ring, streams the record there, drains once, waits until every record before it is
/// durable too, and only then stores the words in their places. There they stay in the cache until the record is to
/// leave the log. Recovery repeats every record it finds whole.
///
/// Relies on: the caller holds its locks from before it reads what it changes until commit returns, so that records
/// that touch the same word are in the order of their positions. Bits of bitmaps need no lock: they commute.
///
/// Invariants:
///
/// - J1. A record is durable when its drain is done and every record before it is durable. Nobody acts on it earlier:
///   words are stored in their places only then, and locks are held until after that.
/// - J2. A record leaves the log only when its words are durable in their places and everything older has left. Who has
///   records leave flushes the lines of all of them, whoever stored to them, each once, and drains before the tail
///   passes. The space of a record is used again only when the tail that passed it is durable.
/// - J3. What a record needs besides its own bytes (a new block's content) is either durable before the record is
///   written, or named in it with a checksum (VERIFY). Recovery believes a record whose VERIFY holds; it need not look
///   where a later record says that this one was durable, because by then the bytes may have changed for good reasons.
/// - J4. After recovery the log goes on one whole ring further, so that no record left over from before can be taken
///   for a new one.
/// - J5. On media of granularity PAGE nothing is logged: the checkpoint of the medium is what is atomic there.
/// - J6. A commit drains once, and flushes no line for itself. Retiring old records rides on the drains of commits that
///   come anyway; only where many threads fill the log faster than its oldest record is applied, one of them makes room
///   with drains of its own.
/// - J7. Recovery stores nothing to a block that the same or a later record frees: the block may hold something new by
///   then. What is stored without a record ([Transaction#storeNew], file data) goes only to blocks that were free, or
///   to data blocks, which no record stores to. A reused inode slot, whose block was not free, is logged whole.
/// - J8. After a failure of the medium in the middle of a commit nothing more is logged: every commit says EIO, and
///   nobody waits for one that will not come.
/// - J9. A line of words that stand already as the record wants them is neither stored to nor flushed for it: what
///   stands there was put there by an older record, which is in the log as long as its words are not durable. Excepted
///   are blocks that the record takes, which may hold what a file left in the cache, and recovery, before which a
///   killed process may have left words there.
/// - J10. No record stores to the superblocks or to the journal: recovery, cut itself, may tear all that it stores to,
///   and it is by these that the next one is found.
package dev.stele.journal;
