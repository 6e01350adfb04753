/// Blocks and inode slots: find, take, give back.
///
/// [Space] decides in memory who may have which block; the bitmaps of the medium follow with the caller's transaction.
/// [Group] knows the state of each of its blocks, [BlockMap] which are free, [InodeSlots] which slots are; [Placement]
/// chooses where; [Window] sets blocks aside for a file that grows; [Orphans] is the table of inodes that need work
/// after a crash. Nothing is read when a volume is opened: a group is counted when somebody looks for room in it, and
/// copied to memory (12 KiB for 128 MiB) when something in it is taken or freed.
///
/// Guarantees:
///
/// - What [Space#freeBlocks()] counts can be allocated, down to the last block, when nobody else allocates: on image
///   files after the next checkpoint, and where blocks of inodes ran empty under concurrent deletes after
///   [Space#sweep].
/// - After everything was freed as much is free as after mkfs.
/// - Files of 512 blocks and more that are allocated as such stand in whole 2 MiB chunks as long as there are any, and
///   small ones do not break whole chunks while there is room in broken ones. On a volume three quarters full, after
///   eight times its content came and went, 95 % of the blocks of new files of 64 MiB stand in whole chunks.
/// - Allocating and freeing make no garbage, but for a new block of inodes and for freeing what is held.
///
/// Relies on: whoever calls holds the lock of the inode it works for, and ends its transaction without needing another
/// such lock; the journal calls `committed` only when the record is durable and applied.
///
/// Invariants:
///
/// - S1. Two owners never have one block. It is taken in memory before it is named in a record, and it can be taken
///   again only when the record that freed it is durable and applied, or the one that took it was aborted.
/// - S2. On media of granularity PAGE a freed block can be taken only after a checkpoint that began after it was freed:
///   until then the last checkpoint still refers to it, and file data does not wait for checkpoints.
/// - S3. A block that is held is not taken, whoever freed it and when (P8).
/// - S4. Bits of a bitmap change only by way of a transaction, and only bits that it took or frees. What the bitmap
///   says of fixed blocks and beyond the end of the volume is not looked at.
/// - S5. Freeing what is not in use, an inode that is not, or what can be neither, is a
///   [dev.stele.error.CorruptionException], and nothing changes: a damaged tree does not damage its neighbours.
/// - S6. Whoever takes a block stores to it as he likes before his record is durable. So what a transaction took and
///   freed itself is no longer checked with its record, and a block of inodes is first freed by one transaction and
///   then taken by another.
/// - S7. Slots of a new block of inodes are given to others only when the record that zeroed them is durable; word 0 of
///   a slot is stored by way of a record only. Used slots are those whose mode is not 0.
/// - S8. A block of inodes goes with its last inode. Only a transaction that sees all other slots free for good takes
///   it along; where two free the last ones side by side it stays, counts as free, and goes with a later one.
/// - S9. What is in a [Window] nobody owns and nobody can take, but everybody may take the whole window away.
/// - S10. A slot of the orphan table belongs to one transaction until that ends; the table grows by one transaction at
///   a time, which is the only one to use the new slots until it ends.
///
/// Lock order (each is a leaf of the one above it; nobody holds two groups):
///
///     locks of inodes, in the packages above
///       Orphans.lock
///         Group.lock
///           GroupTable monitor
package dev.stele.space;
