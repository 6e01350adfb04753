package dev.stele.check;

import dev.stele.error.VolumeException;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.journal.Journal;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Writes a directory anew from the entries that can be kept and some to be added: in new blocks, which the inode then
/// points to by one record.
final class DirectoryWriter {
    /// A name to be added, if need be with something behind it that no other name has.
    record Addition(String name, long inode, int type) {
    }

    private record Entry(long key, long inode, int type, byte[] name) {
        static final Comparator<Entry> ORDER = Comparator.comparingLong(Entry::key)
                .thenComparing(Entry::name, Arrays::compareUnsigned);
    }

    private static final int MAX_ENTRIES = 96;
    /// Names that may have one key.
    private static final int MAX_SAME_KEY = 7;

    private final Survey survey;
    private final Medium medium;
    private final InodeTable inodes;
    private final Journal journal;
    private final Allocator allocator;
    private final TreeWriter trees;
    private final TreeWalk walk;
    private final XattrReader xattrs;
    private final NameHash hash;
    private final DirectoryReader reader;
    private final InodeBlocks blocks;
    private final MemorySegment work;
    private final MemorySegment inode;

    DirectoryWriter(Survey survey, Journal journal, Allocator allocator) {
        this.survey = survey;
        this.medium = survey.medium();
        this.inodes = survey.inodes();
        this.journal = journal;
        this.allocator = allocator;
        this.trees = new TreeWriter(survey, allocator);
        this.walk = new TreeWalk(survey.image(), survey.geometry());
        this.xattrs = new XattrReader(survey.image(), survey.geometry());
        this.hash = new NameHash(survey.contents().hashKey0(), survey.contents().hashKey1());
        this.reader = new DirectoryReader(survey.image(), hash);
        this.blocks = new InodeBlocks(survey);
        this.work = survey.image().block();
        this.inode = survey.image().allocate(Inode.BYTES);
    }

    /// @throws VolumeException ENOSPC
    void write(int index, List<Addition> additions) {
        long number = inodes.number(index);
        survey.image().read(Inode.blockOf(number), work);
        MemorySegment.copy(work, Inode.slotOf(number) * Inode.BYTES, inode, 0, Inode.BYTES);
        List<Entry> entries = gather(number);
        add(entries, additions);
        Pairs pairs = new Pairs();
        int count = writeBlocks(number, entries, pairs);
        long nodes = trees.write(pairs, number, inode, 0);
        Inode.size(inode, 0, Geometry.at(pairs.count()));
        Inode.entryCount(inode, 0, count);
        Inode.blockCount(inode, 0, nodes + pairs.count() + xattrBlocks(number));
        medium.drain();
        store(number);
    }

    private void store(long number) {
        Transaction tx = journal.begin();
        try {
            long staged = tx.stageInode(number);
            MemorySegment.copy(inode, 0, tx.segment(), staged, Inode.BYTES);
            tx.commit();
        } finally {
            tx.abort();
        }
    }

    private List<Entry> gather(long number) {
        List<Entry> entries = new ArrayList<>();
        walk.walk(inode, 0, number, new Gathering(number, entries));
        entries.sort(Entry.ORDER);
        return entries;
    }

    private final class Gathering implements TreeWalk.Visitor, DirectoryReader.Visitor {
        private final long directory;
        private final List<Entry> into;
        private final BlockSet visited = new BlockSet();
        private final Set<Long> subdirectories = new HashSet<>();

        Gathering(long directory, List<Entry> into) {
            this.directory = directory;
            this.into = into;
        }

        @Override
        public boolean node(long node) {
            return visited.add(node) && !survey.isConflict(Survey.Conflict.ofMetadata(directory, node));
        }

        @Override
        public void leaf(long key, long block, long high) {
            if (survey.geometry().isUsable(block) && node(block)) {
                reader.read(block, directory, 0, Long.MAX_VALUE, this);
            }
        }

        @Override
        public void entry(long at, long key, long target, int type, byte[] name) {
            int index = inodes.indexOf(target);
            if (inodes.isDirectory(index)) {
                if (inodes.parent(index) == directory && !inodes.has(index, InodeTable.CUT)
                        && target != survey.contents().rootInode() && subdirectories.add(target)) {
                    into.add(new Entry(key, target, Kind.DIRECTORY, name));
                }
            } else if (inodes.isLive(index)) {
                into.add(new Entry(key, target, inodes.type(index), name));
            } else if (blocks.adopt(target)) {
                into.add(new Entry(key, target, type, name));
            }
        }

        @Override
        public void badEntry(long at, String name, String problem) {
            // Not kept: what it names is found to be unreachable then, and gets a name in lost+found.
        }

        @Override
        public void damage(Severity severity, String struct, long at, String expected, String found) {
            // The writing mends it.
        }
    }

    private void add(List<Entry> entries, List<Addition> additions) {
        if (additions.isEmpty()) {
            return;
        }
        Set<String> taken = new HashSet<>();
        entries.forEach(entry -> taken.add(new String(entry.name, StandardCharsets.ISO_8859_1)));
        for (Addition addition : additions) {
            String name = addition.name;
            for (int i = 1; !taken.add(name); i++) {
                name = addition.name + "." + i;
            }
            byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
            entries.add(new Entry(hash.keyOf(bytes), addition.inode, addition.type, bytes));
        }
        entries.sort(Entry.ORDER);
    }

    /// @return number of entries written
    private int writeBlocks(long directory, List<Entry> entries, Pairs pairs) {
        int written = 0;
        int from = 0;
        while (from < entries.size()) {
            long block = allocator.take();
            DirectoryBlock.initialise(work, 0, block, directory);
            int live = 0;
            int heapEnd = (int) DirectoryBlock.HEAP_OFFSET;
            int to = from;
            while (to < entries.size()) {
                int stop = endOfKey(entries, to);
                List<Entry> sameKey = entries.subList(to, stop).stream()
                        .filter(distinct()).limit(MAX_SAME_KEY).toList();
                int byteCount = sameKey.stream().mapToInt(e -> DirectoryBlock.entryBytes(e.name.length)).sum();
                if (live + sameKey.size() > MAX_ENTRIES || heapEnd + byteCount > Geometry.BLOCK_BYTES) {
                    break;
                }
                for (Entry entry : sameKey) {
                    heapEnd = put(entry, heapEnd);
                }
                live += sameKey.size();
                to = stop;
            }
            DirectoryBlock.heapEnd(work, 0, heapEnd);
            DirectoryBlock.liveCount(work, 0, live);
            DirectoryBlock.seal(work, 0);
            medium.metadata().stream(Geometry.at(block), work, 0, Geometry.BLOCK_BYTES);
            pairs.add(from == 0 ? 0 : entries.get(from).key, block);
            written += live;
            from = to;
        }
        return written;
    }

    private static java.util.function.Predicate<Entry> distinct() {
        Set<String> seen = new HashSet<>();
        return entry -> seen.add(new String(entry.name, StandardCharsets.ISO_8859_1));
    }

    private static int endOfKey(List<Entry> entries, int from) {
        int end = from + 1;
        while (end < entries.size() && entries.get(end).key == entries.get(from).key) {
            end++;
        }
        return end;
    }

    private int put(Entry entry, int heapEnd) {
        DirectoryBlock.entryHeader(work, heapEnd, entry.inode, entry.key, entry.name.length, entry.type);
        MemorySegment.copy(entry.name, 0, work, java.lang.foreign.ValueLayout.JAVA_BYTE,
                heapEnd + DirectoryBlock.ENTRY_HEADER_BYTES, entry.name.length);
        DirectoryBlock.sealEntry(work, heapEnd);
        int slot = DirectoryBlock.firstSlot(entry.key);
        while (DirectoryBlock.slot(work, 0, slot) != 0) {
            slot = slot + 1 & DirectoryBlock.SLOT_COUNT - 1;
        }
        Layouts.WORD.set(work, DirectoryBlock.slotAt(0, slot), DirectoryBlock.slotWord(entry.key, heapEnd));
        return heapEnd + DirectoryBlock.entryBytes(entry.name.length);
    }

    private long xattrBlocks(long number) {
        long[] count = {0};
        long first = Inode.xattrBlock(inode, 0);
        if (first != 0) {
            xattrs.read(number, first, candidate -> ++count[0] > 0, new Findings());
        }
        return count[0];
    }
}
