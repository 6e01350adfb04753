/// The volume: mkfs, recovery, and every POSIX operation by inode number, put together from the layers below.
///
/// [Volume] is the only door. Behind it each class is one family of operations: names ([Namespace]), bytes
/// ([FileReads], [FileWrites]), extents ([FileShape]), attributes ([Attributing]), durability ([Syncs]), mappings
/// ([Maps]), growth ([Growth]) and what is left to be given back ([Reclaimer]). [Core] holds the parts that they share,
/// [Vnodes] the inodes in use, [Removals] when directories lost their names. docs/ordering.md says of every operation
/// what it stores and why every cut is safe.
///
/// Guarantees: P1, P2, P5, P6, P8 and P9 of ARCHITECTURE.md. Relies on: one process having the medium, and on the
/// journal, the allocator and the trees below to keep theirs.
///
/// Invariants:
///
/// - **V1** An operation that changes the volume is inside the [Gate] from its first look to its commit, so that a
///   checkpoint, growing and closing see no operation half done. One of them has it shut at a time.
/// - **V2** What a reader can reach changes only under the write lock of the inode it belongs to, after the record is
///   durable.
/// - **V3** Nothing is cached that the medium says: attributes, extents and names are read where they stand. A [Vnode]
///   keeps only what no medium holds (pins, the time of a write not yet recorded, whether a record vouches for bytes),
///   and may be dropped when it keeps nothing.
/// - **V4** A name is removed by the record that also frees its inode, or names it in the orphan table: no inode is
///   ever without a name and without a slot.
/// - **V5** Once damage has been found nothing is written any more; what is whole can still be read.
/// - **V6** A sync drains once, however many files it syncs (once more for every two hundred or so whose times of
///   writing are to be recorded). A failed one is told to every handle open then, once ([SyncErrors], W-6), and what it
///   did not make durable is still dirty.
///
/// What is done for mappings and syncs is told to the flight recorder ([MappingEvent], [AllocationEvent],
/// [HarvestEvent], [SyncEvent]); while nobody records, an operation asks that once and makes nothing.
///
/// Lock order, outermost first: the checkpoint's lock, the gate, pages of dirty indexes (by inode number; only a sync
/// has any, see `dev.stele.dirty`), the topology (renames between directories), the locks of directories (one that is
/// above the other first, else by ascending inode number), the locks of what is in them (by ascending inode number),
/// the mappings and the dirty index of a file, the journal's and the allocator's own.
package dev.stele.volume;
