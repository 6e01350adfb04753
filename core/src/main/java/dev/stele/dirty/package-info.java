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
/// **Sync** of a range, step by step; between any two of them other threads may do what they like:
///
/// 1. hold the blocks ([Flusher#hold]: the inode's lock, shared); harvest, marking under the harvest lock; copy DIRTY
///    to TOWRITE; let the blocks go;
/// 2. until nothing of the range has TOWRITE: take the next pages in ascending order, of one part of 2 MiB at most
///    (lock them, take their TOWRITE and their DIRTY), waiting first for a page that another sync holds;
/// 3. hold the blocks, flush what was taken and is still in the file, let the blocks go; back to 2;
/// 4. drain, once for all files and with a record of the journal if there is one to write;
/// 5. unlock all ([Flushing#done]).
///
/// Invariants:
///
/// - **I1** A store that was marked is dirty, or locked by a sync that will flush it or mark it again, or durable; or
///   its page is no longer the file's.
/// - **I2** A lock is given back only after the drain: who finds a page neither dirty nor locked may call it durable.
///   (A drain covers its own thread's flushes alone, so unlocking after the flush would not do.)
/// - **I3** DIRTY is taken before the page is flushed and a mark may be set again at any time, also on a locked page: a
///   store during the flush belongs to the next sync and is never wiped out by the end of this one.
/// - **I4** A sync takes pages in ascending order, files by ascending inode number, and waits only for a page above all
///   it holds: no deadlock. It waits for at most two others at each page and never goes back: no livelock, however fast
///   pages are dirtied.
/// - **I5** A harvest and the marking of its yield are one step for every other harvest: what the kernel forgot is
///   in the index before another sync can find nothing.
/// - **I6** After a failed flush or drain the pages are dirty and wanted again, and whoever waited for them tries by
///   itself.
/// - **I7** A page that the file gives up ([DirtyIndex#forget], under the inode's lock) leaves the index and every sync
///   under way, locked or not: nobody flushes it later, marks it again or waits for it. A part is flushed while the
///   inode's lock is held, so never blocks that the file has given up.
/// - **I8** Nobody waits for a page while holding an inode's lock. So a sync that has locked pages may wait for the
///   inode's lock, for each part and for the record of its times; and a writer waits for a part, not for a sync.
/// - **I9** An index is dropped only when it is idle: nothing dirty, nothing locked.
///
/// Lock order: locks of pages (by inode number, then page); the inode's lock; harvest lock; lock of the index. Pages
/// are locked by their own bits, not by the lock of the index, while they are flushed.
package dev.stele.dirty;
