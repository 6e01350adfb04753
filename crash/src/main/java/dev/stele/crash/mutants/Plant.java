package dev.stele.crash.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One class of bugs that were found in file systems for persistent memory, put into ours.
///
/// @param number B1 to B28
/// @param what the class is
/// @param analogue what is planted, and where the class cannot exist here, why
/// @param changes put in together
/// @param scenarios that must find it, by name
record Plant(String number, String what, String analogue, List<Change> changes, List<String> scenarios) {
    /// @param places names of the sites that are changed
    record Change(Pattern places, Mutation mutation) {
    }

    static final List<Plant> ALL = List.of(
            plant("B1", "missing flush of a metadata line", "words of a record are stored in place and not flushed",
                    drop("journal.Unflushed.flushLines View.flush"), "the log goes round, one thread"),
            plant("B2", "missing fence between data and size",
                    "a long append commits its size before its bytes arrived",
                    drop("volume.WritePart.commit Medium.drain"), "populated, append 20000 DEFERRED foo"),
            plant("B3", "unaligned head or tail not flushed", "the last line of what a write adds is not sent",
                    change("volume.WritePart.storeNew View.stream", Mutation.SHORTEN),
                    "populated, append 65 DEFERRED foo", "populated, append 4097 DEFERRED foo"),
            plant("B4", "in-place delete before the new name is durable",
                    "words are changed in place before their record is in the log",
                    change("journal.Journal.commit Journal.log", Mutation.SWAP),
                    "populated, rename foo bar", "populated, rename foo A/foo"),
            plant("B5", "rename leaves a file inaccessible", "a directory that moves keeps its old parent",
                    drop("volume.Namespace.move Inode.device"), "populated, rename of a directory A B",
                    "populated, rename of a directory A/C C"),
            plant("B6", "link count and names not atomic", "a second name without a second link",
                    drop("volume.Namespace.link Inode.linkCount 2"), "populated, link foo A/foo",
                    "empty, link foo bar"),
            plant("B7", "unlink not atomic: the name is there, the inode gone", "the inode is dropped, its name kept",
                    drop("volume.Namespace.remove Directory.remove"), "populated, unlink foo"),
            plant("B8", "truncate not atomic", "blocks behind the new end are given up later, and nobody notes that",
                    drop("volume.FileShape.shrink (Extents.remove|Orphans.add)"), "populated, truncate foo to 0",
                    "populated, truncate many extents"),
            plant("B9", "wrong data after several handles on one file",
                    "a write is not marked, so a sync through another handle passes it over",
                    drop("volume.FileWrites.overwriteDeferred Core.stored"), "populated, write and fsync",
                    "populated, two handles write"),
            plant("B10", "torn write in strict mode", "the bytes of an atomic write are not vouched for",
                    drop("volume.WritePart.verify Transaction.verify"), "populated, write 130 at 63 ATOMIC A/foo",
                    "populated, write to many extents, ATOMIC"),
            plant("B11", "recovery crashes", "recovery looks up what it has not collected before: a null pointer",
                    drop("journal.Recovery.run Recovery.findRevoked"), "empty, create foo"),
            plant("B12", "journal read wrongly at recovery", "a record counts although what it names did not arrive",
                    change("journal.Recovery.find Recovery.isComplete", Mutation.TRUE),
                    "populated, append 4097 DEFERRED foo"),
            plant("B13", "non-atomic init of primary and replica",
                    "mkfs stores both superblocks before what they describe is durable",
                    drop("volume.Formatter.run Medium.drain 2"), "mkfs over garbage", "mkfs over a volume"),
            plant("B14", "later writes fail, or a block is given out twice", "blocks are taken without being marked",
                    drop("space.Space.claim Transaction.setBits"), "populated, append 4097 DEFERRED foo"),
            plant("B15", "checksum not initialised", "inodes are logged without their checksum",
                    drop("journal.Transaction.commit Inode.seal"), "empty, create foo"),
            plant("B16", "state in memory is not that of the medium", "freed blocks are not free in memory",
                    drop("space.Space.free Claims.add"), "blocks come and go"),
            plant("B17", "orphans that are none, or are missing in their list",
                    "a file that is open loses its last name, and is not named in the orphan table",
                    drop("volume.Reclaimer.removeLast Orphans.add"), "empty, unlink foo, open, then close"),
            plant("B18", "recycling of log pages not atomic",
                    "old records leave the log before their words are durable",
                    drop("journal.Retirement.drain Medium.drain 2"), "the log goes round, one thread",
                    "the log goes round, two threads in turn"),
            plant("B19", "wrong offset of appends", "an append takes the file for empty",
                    drop("volume.FileWrites.append Inode.size"), "populated, append 8 DEFERRED foo"),
            plant("B20", "snapshot or epoch ids wrong after recovery",
                    "there are no snapshots; what tells epochs apart here is the position of the log, which goes on "
                    + "from 0 after recovery", drop("journal.Journal.recover Recovery.run"), "empty, create foo"),
            plant("B21", "fsync loses extents allocated with KEEP_SIZE",
                    "blocks that were allocated stay unwritten when they are written",
                    drop("volume.WritePart.writeRun Extents.markWritten"), "empty, write to unwritten blocks"),
            plant("B22", "dirty tag lost when a PTE entry becomes a PMD entry", "single pages are dirty, the entry of "
                    + "2 MiB that takes their place is not", drop("dirty.Branch.markHuge Branch.hugeDirty ="),
                    "a page becomes part of 2 MiB"),
            plant("B23", "tag cleared before the flush: a second fsync returns early",
                    "nobody sees that a page is locked",
                    drop("dirty\\..* (Leaf|Branch|MarkNode)\\.(locked|hugeLocked)( \\d+)?"), "two syncs of one page"),
            plant("B24", "page dirty, tag clean", "what the MMU told is taken and not yet marked, and another sync may "
                    + "look", drop("dirty.DirtyIndex.begin ReentrantLock.(lock|unlock)"), "two syncs, one harvest"),
            plant("B25", "stale data exposed", "the rest of a new block is not zeroed",
                    drop("volume.WritePart.keep View.streamZeros"), "populated, write 77 at 20001 DEFERRED foo",
                    "empty, write into a hole"),
            plant("B26", "ordered by another thread's fence", "who retires records does not flush what others stored",
                    drop("journal.Retirement.prepareBatch Unflushed.flush"), "the log goes round, two threads in turn"),
            plant("B27", "visible and not durable",
                    "a thread returns before the records in front of its own are durable",
                    drop("journal.Journal.log Journal.awaitTurn"), "one commit overtakes another"),
            plant("B28", "recovery not idempotent", "the log is emptied before what was repeated is durable",
                    drop("journal.Recovery.run Medium.drain"), "empty, create foo, recovery cut, too",
                    "populated, rename foo bar, recovery cut, too"));

    private static Plant plant(String number, String what, String analogue, Change change, String... scenarios) {
        return new Plant(number, what, analogue, List.of(change), List.of(scenarios));
    }

    private static Change drop(String places) {
        return change(places, Mutation.DROP);
    }

    private static Change change(String places, Mutation mutation) {
        return new Change(Pattern.compile(places), mutation);
    }

    /// @throws IllegalStateException where the code looks different now
    List<Mutant> mutants(Sites sites) {
        List<Mutant> mutants = new ArrayList<>();
        for (Change change : changes) {
            for (Site site : sites.all()) {
                if (change.places().matcher(site.name()).matches()) {
                    mutants.add(new Mutant(site, change.mutation()));
                }
            }
        }
        if (mutants.isEmpty()) {
            throw new IllegalStateException(number + " finds nothing to change: the code looks different now");
        }
        return mutants;
    }
}
