/// What was stored to a file and is not known to be durable, and how it becomes so at the cost of just that (P4, P5).
///
/// [DirtyIndex] is a radix tree over the pages of one file ([MarkTree], [Marks]) with the marks DIRTY and TOWRITE and a
/// lock for each page, and with the dirty lines of a page where single lines were stored. A whole aligned 2 MiB that is
/// marked at once is one entry with marks and lock of its own, in the place of eight leaves ([Branch]). Marks propagate
/// to the root, so that the next marked page is found by looking at two nodes of each level at most: three levels for a
/// gigabyte, nine for the largest file. Nodes exist only where there are marks.
///
/// **Memory**, counted in objects of a JVM with compressed references: a [Leaf] (256 KiB of the file) takes 48 bytes,
/// and 8 more for each page that is dirty in part, with room for as many again; a [Branch] (16 MiB) 64, and 272 once it
/// has a leaf; an [Inner] node 312.
///
/// | what is dirty | bytes |
/// |---|---|
/// | nothing: for each clean gigabyte | 0 (an index keeps at most four empty nodes) |
/// | a gigabyte reported whole | 4.5 KiB, as 512 entries of 2 MiB: 0.02 for each page |
/// | every second page | at most 2 for each dirty page |
/// | a line of every page | at most 20 for each dirty page |
/// | a line of every 2 MiB | at most 140 for each dirty page |
/// | a line of every 64 GiB | at most 1,500 for each dirty page |
///
/// **Who marks.** A write that leaves its bytes in the cache, after storing. A write that streams must not: what is in
/// its thread's buffers no other thread can flush, so it drains before it returns, and then there is nothing to mark.
/// A [Harvester], for stores through mappings.
///
/// **Sync** of a range, step by step; between any two of them other threads may do what they like:
///
/// 1. hold the blocks ([Flusher#hold]: the inode's lock, shared); harvest, marking under the harvest lock;
/// 2. copy DIRTY to TOWRITE under the lock of the index; let the blocks go;
/// 3. take the next pages with TOWRITE, ascending, of one part of 2 MiB at most (lock them, take their TOWRITE and
///    their DIRTY), under the lock of the index; wait, first, for a page that another sync holds;
/// 4. hold the blocks; flush what was taken and is still the file's; let them go; back to 3 until nothing is left;
/// 5. drain, once for all files, by a record of the journal if there is one to write;
/// 6. unlock all under the lock of the index ([Flushing#done]) and wake who waits.
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
/// - **I10** 4 KiB and 2 MiB exclude each other: no page is locked beneath an entry of 2 MiB, and none has a mark
///   beneath a dirty one. Marking 2 MiB at once makes an entry only where no single page of it is locked, and the entry
///   takes over DIRTY and TOWRITE of its pages. A file that gives up a part of an entry splits it, marks, lock and all.
/// - **I11** TOWRITE is only where DIRTY is.
///
/// The kernel's rules, and where they went:
///
/// | rule | here |
/// |---|---|
/// | C1 index of entries with marks | the tree |
/// | C2, W-3 TOWRITE against livelock | steps 2 and 3, I4 |
/// | C3 marks when entries replace each other | I10; both ways, and there is no falling back to 4 KiB |
/// | C4 the inode is found dirty by a sync of all | the volume asks every file it has in memory; I9 |
/// | C5 a count of entries to pass by clean files | [DirtyIndex#isIdle]; a sync that finds nothing drains nothing |
/// | C6, W-4 revalidation | I7: what was given up is taken out of the sync, rather than compared |
/// | C7 a second sync returns early | I2, step 3 |
/// | C8 write-protect all mappings | the harvester's part, before step 2: what is stored later is found later |
/// | C9 clean mark, writable page | the same: protecting and reporting a page are one step of the MMU; then I5 |
/// | C10 never clean | the strategy VOLUME: [DirtyIndex#flushKept] |
/// | C11 no lock of the tree while flushing | locks of pages; the lock of the index is held by no step that flushes |
/// | C15 flushes without order, one drain | steps 4 and 5 |
/// | W-1 nothing in the background | nobody syncs but who is asked to |
/// | W-2 nothing there, nothing to do | [Flushing#isEmpty] |
/// | W-5 2 MiB are flushed whole | an entry is taken whole from whichever page of it a range begins |
/// | W-6 errors | I6; the volume tells them to every handle, once |
/// | W-7 only the range | steps 1 to 4 are of the range |
/// | W-8 no cache, no flush | there are no indexes in use on such media |
/// | W-9 data, journal, device | step 5: the record's drain covers the data, which it does not refer to |
/// | W-10 EIO when shut down | a failed journal refuses every record, a damaged volume every sync; bytes are flushed |
///
/// Lock order: locks of pages (by inode number, then page); the inode's lock; harvest lock; lock of the index. Pages
/// are locked by their own bits, not by the lock of the index, while they are flushed.
package dev.stele.dirty;
