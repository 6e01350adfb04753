/// What was stored to a file and is not known to be durable, and how it becomes so at the cost of just that (P4, P5).
///
/// [DirtyIndex] is a radix tree over the pages of one file with the marks DIRTY and TOWRITE and a lock for each
/// page, and with the dirty lines of a page where single lines were stored. Marks propagate to the root, so that
/// finding the next marked page costs the height of the tree: at most nine steps, three for a gigabyte. Nodes exist
/// only where there are marks.
///
/// **Who marks.** A write that leaves its bytes in the cache, after storing. A write that streams must not: what is in
/// its thread's buffers no other thread can flush, so it drains before it returns, and then there is nothing to mark. A
/// [Harvester], for stores through mappings.
///
/// **Sync** of a range: harvest, marking under the harvest lock; copy DIRTY to TOWRITE; then, in ascending order, take
/// each page that has TOWRITE (lock it, take its TOWRITE and its DIRTY), flush what was taken, drain once, unlock
/// all. A page that another sync holds is waited for.
///
/// Invariants:
///
/// - **I1** A store that was marked is dirty, or locked by a sync that will flush it or mark it again, or durable.
/// - **I2** A lock is given back only after the drain: who finds a page neither dirty nor locked may call it durable.
///   (A drain covers its own thread's flushes alone, so unlocking after the flush would not do.)
/// - **I3** DIRTY is taken before the page is flushed and a mark may be set again at any time, also on a locked page: a
///   store during the flush belongs to the next sync and is never wiped out by the end of this one.
/// - **I4** A sync takes pages in ascending order and waits only for a page above all it holds: no deadlock. It
///   waits for at most two others at each page and never goes back: no livelock, however fast pages are dirtied.
/// - **I5** A harvest and the marking of its yield are one step for every other harvest: what the kernel forgot is
///   in the index before another sync can find nothing.
/// - **I6** After a failed flush the pages are dirty and wanted again, and whoever waited for them tries by itself.
///
/// Lock order: the inode's lock (held by the caller of a sync, shared, throughout), harvest lock, lock of the index.
/// Locks of pages are held without any of the last two, while flushing.
package dev.stele.dirty;
