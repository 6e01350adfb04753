/// Segments over the blocks of a file: made, kept in step with the file, and the blocks kept for them.
///
/// A volume has one [Mappings] for each file that is mapped. A segment that [Mappings#map] returns is one the JDK
/// mapped (of an anonymous file, [Anchor]) in the caller's arena, so `isMapped`, `load` and `force` work and closing
/// the arena unmaps it; every page of it is then covered, extent by extent, with the medium's own file. Reading it
/// is reading the medium (P3). [LiveMapping] remembers what each page shows ([ShownPages], 16 bytes for each run).
///
/// Of files whose blocks do not move ([Mappings#slice]) a mapping may also be a part of [SliceSpace], which shows the
/// whole medium.
///
/// **Protocol.** Whatever takes blocks away from a file, or puts others in their place (truncate, punch, collapse,
/// insert, an atomic write), does so under the inode's exclusive lock:
///
/// 1. [Mappings#detach] the range whose blocks the file gives up, not those it moves: mapped blocks are held, so that
///    they are not used again (P8);
/// 2. change the file, commit;
/// 3. [Mappings#refresh] all of the range that has changed, also when nothing came of step 2: mappings show the
///    file's new blocks, and what no page shows any more is released. A failure of step 2 makes the detached blocks
///    attached again.
///
/// A hole that is filled needs only [Mappings#filled], before the filling call returns. Bytes changed in place need
/// nothing: every mapping shows the same memory.
///
/// **What a mapping shows** when its file changes:
///
/// | the file | a shared mapping | a private mapping |
/// |---|---|---|
/// | fills a hole | the new block, at once | zeros, as before |
/// | gives up a block (truncate, punch, unlink) | the old block, now its own: stores reach no file | the same |
/// | owns a block there again | the new block, at once | the old one |
/// | grows again over it, as a hole | zeros if it is read-only ([Mappings#clear]) | the old one |
/// | moves the block elsewhere (collapse, insert) | what is there now; zeros where nothing is | the old one |
/// | goes away with its volume | zeros; stores reach no file | zeros |
///
/// **Who notices stores.** A [WriteTracker] for each mapping, chosen by [TrackerChoice] and told to whoever asks as
/// [Tracking]. [PessimisticTracker] takes every page for stored to; [MmuTracker] asks the [Mmu] which are
/// ([PageWatch]: userfaultfd and PAGEMAP_SCAN; threads that scan at the same time, of whatever files, protect
/// one after the other, [ScanCohorts]). [Mappings] is the [dev.stele.dirty.Harvester] of its file. A harvest is
/// destructive: between the kernel's forgetting a page and the page's mark in the index, the lock of [Mappings] is
/// held, and every other harvest waits. A store made while the pages of a mapping are replaced may have gone to the old
/// block or the new one: the new is marked ([WriteTracker#replaced]), and whoever moves blocks within a file marks
/// their new places before it calls [Mappings#refresh], under the inode's lock, so that no sync comes between.
///
/// Two deviations from the kernel, which can stop a thread at a page where this cannot: access behind the end of file
/// is no signal; and a store to a page whose block the file gave up makes no new block, so a volume that
/// wants such stores to arrive fills the range of [Mappings#forEachWritable], or zeroes it in place, instead of leaving
/// a hole.
///
/// Invariants:
///
/// - **I1** Every page of a mapping shows zeros, a block its file owns at that place, or a block that is held for it.
/// - **I2** No address is remapped once its arena has begun to close: by then it may belong to somebody else. The
///   action that notes the closing runs before the JDK unmaps ([ArenaHook]) and takes the same lock as remapping.
/// - **I3** A writable mapping has no hole when it is handed out: a store neither fails nor gets lost (P9).
/// - **I4** Nothing here refers to a segment or an arena: an automatic arena ends when the caller lets go of it.
/// - **I5** Pages are replaced by one `mmap(MAP_FIXED)`: a thread that uses them meanwhile sees the old or the new.
///   Where the kernel refuses, the addresses stay the arena's, which unmaps them ([dev.stele.cpu.Mapping#replace]).
/// - **I6** A writable mapping that ends is harvested before it is unmapped, and before a sync can miss it.
/// - **I7** Pages are watched before they can be stored to, or are marked after they have begun to be watched. A page
///   of which nothing is known is never taken for clean.
/// - **I8** Where the MMU may have forgotten a page, all pages of the mapping count as stored to, from then on.
/// - **I9** The [dev.stele.cpu.Lifetime] of a mapping ends in the action that notes the closing, before the JDK unmaps.
///   It waits for threads in machine code, which wait for nothing, and for no lock.
///
/// Lock order: the inode's lock, the harvest lock of the index, the lock of [Mappings], whatever [BlockHolds] and the
/// index of dirty pages take; the lock of [ScanCohorts] behind that of [Mappings], with no other behind it. Who waits
/// there waits for system calls of others, which wait for none of these locks. The action of a closing arena holds none
/// of them when it calls back.
package dev.stele.mapping;
