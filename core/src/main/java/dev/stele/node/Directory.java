package dev.stele.node;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import dev.stele.space.Space;
import dev.stele.tree.Cursor;
import dev.stele.tree.Tree;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Names in a directory: a tree from keys to blocks, and in each block a small hash table ([DirectoryBlock]). Finding a
/// name costs one walk down the tree and, as a rule, one slot and one entry; adding one logs the entry and three words.
///
/// The caller holds the directory's lock for writing while it changes it. [#find] and [#list] may run beside a writer
/// if the caller discards what they gave, exceptions included, once it sees that there was one.
public final class Directory {
    /// Fuller than this a block is split although it has slots left: probing would get long.
    private static final int MAX_LIVE = 112;
    /// What is left after dropping deleted entries must be at most this, else the block is split rather than rewritten.
    private static final int REWRITE_HEAP_BYTES = 2300;
    private static final int REWRITE_LIVE = 80;
    /// Names with one and the same key; the cookie has three bits to tell them apart.
    private static final int MAX_SAME_KEY = 7;

    private final View view;
    private final Space space;
    private final Tree tree;
    private final long hashKey0;
    private final long hashKey1;
    private volatile Geometry geometry;

    public Directory(Medium medium, Geometry geometry, Space space, Tree tree, long hashKey0, long hashKey1) {
        this.view = medium.metadata();
        this.geometry = geometry;
        this.space = space;
        this.tree = tree;
        this.hashKey0 = hashKey0;
        this.hashKey1 = hashKey1;
    }

    public void grow(Geometry larger) {
        geometry = larger;
    }

    /// @return whether the name is there; if so `into` says where, else where it would go
    public boolean find(long directory, Name name, Entry into) {
        long key = key(name);
        into.key = key;
        Cursor cursor = Cursors.get();
        if (!tree.floor(directory, key, cursor)) {
            into.blockAt = 0;
            return false;
        }
        return findInBlock(blockAt(directory, cursor.value()), key, name, into);
    }

    /// Finds again, after the transaction added another name to the directory, a name that [#find] had found: its block
    /// may have been rewritten.
    public void findAgain(Transaction tx, long directory, Name name, Entry entry) {
        long key = entry.key;
        Cursor cursor = Cursors.get();
        if (!tree.floor(tx, directory, key, cursor)) {
            throw new CorruptionException("directory", Inode.at(directory), "an index entry", "none");
        }
        long at = Geometry.at(cursor.value());
        if (at != entry.blockAt && !findInBlock(at, key, name, entry)) {
            throw new CorruptionException("directory", at, "the name that was moved here", "none");
        }
    }

    private boolean findInBlock(long at, long key, Name name, Entry into) {
        MemorySegment s = view.segment();
        int slot = DirectoryBlock.firstSlot(key);
        for (int probes = 0; probes < DirectoryBlock.SLOT_COUNT; probes++) {
            long word = DirectoryBlock.slot(s, at, slot);
            if (word == 0) {
                break;
            }
            if (DirectoryBlock.matches(word, key) && isName(s, at, word, key, name)) {
                long entryAt = at + DirectoryBlock.entryOffset(word);
                into.blockAt = at;
                into.slot = slot;
                into.entryAt = entryAt;
                into.inode = DirectoryBlock.entryInode(s, entryAt);
                into.type = DirectoryBlock.entryType(s, entryAt);
                return true;
            }
            slot = slot + 1 & DirectoryBlock.SLOT_COUNT - 1;
        }
        into.blockAt = at;
        return false;
    }

    private static boolean isName(MemorySegment s, long at, long slot, long key, Name name) {
        long offset = DirectoryBlock.entryOffset(slot);
        // A reader beside a writer may see half of a change; an offset out of range must not lead it out of the block.
        if (offset < DirectoryBlock.HEAP_OFFSET
                || offset + DirectoryBlock.entryBytes(name.byteCount()) > Geometry.BLOCK_BYTES) {
            return false;
        }
        long entryAt = at + offset;
        if (DirectoryBlock.entryKey(s, entryAt) != key
                || DirectoryBlock.entryNameBytes(s, entryAt) != name.byteCount()) {
            return false;
        }
        for (int i = 0; i < name.wordCount(); i++) {
            if (DirectoryBlock.nameWord(s, entryAt, i) != name.word(i)) {
                return false;
            }
        }
        return true;
    }

    /// Adds a name that is not there yet. Counts it in the staged inode; times are the caller's.
    ///
    /// @param absent from a [#find] that did not find the name, since when nothing was changed in the directory
    /// @throws VolumeException ENOSPC
    public void insert(Transaction tx, long directory, Name name, long inode, int type, Entry absent) {
        long key = absent.key;
        long base = tx.stageInode(directory);
        MemorySegment staged = tx.segment();
        Inode.entryCount(staged, base, Inode.entryCount(staged, base) + 1);
        // Looked at once more: bitmaps that lie may have given the block to the new inode since.
        if (absent.blockAt != 0 && insertInPlace(
                tx, blockAt(directory, Geometry.blockOf(absent.blockAt)), key, name, inode, type)) {
            return;
        }
        Cursor cursor = Cursors.get();
        if (!tree.floor(tx, directory, key, cursor)) {
            Scratch scratch = Scratch.get();
            scratch.count = 0;
            scratch.add(-1, key, DirectoryBlock.entryBytes(name.byteCount()));
            scratch.pairs[0] = 0;
            scratch.pairs[1] = build(tx, directory, scratch, 0, 1, name, inode, type);
            tree.splice(tx, directory, 0, 1, scratch.pairs, 1);
        } else {
            blockAt(directory, cursor.value());
            rebuild(tx, directory, cursor.key(), cursor.value(), key, name, inode, type);
        }
    }

    private boolean insertInPlace(Transaction tx, long at, long key, Name name, long inode, int type) {
        long fill = tx.load(at + DirectoryBlock.FILL_OFFSET);
        int heapEnd = (int) fill;
        int live = (int) (fill >>> 32);
        int bytes = DirectoryBlock.entryBytes(name.byteCount());
        if (heapEnd + bytes > Geometry.BLOCK_BYTES || live >= MAX_LIVE) {
            return false;
        }
        int slot = DirectoryBlock.firstSlot(key);
        int probes = 0;
        while (DirectoryBlock.isUsed(tx.load(DirectoryBlock.slotAt(at, slot)))) {
            slot = slot + 1 & DirectoryBlock.SLOT_COUNT - 1;
            if (++probes == DirectoryBlock.SLOT_COUNT) {
                return false;
            }
        }
        long entry = tx.stage(at + heapEnd, bytes);
        fillEntry(tx.segment(), tx.bytes(), entry, key, name, inode, type);
        putSlot(tx, at, slot, DirectoryBlock.slotWord(key, heapEnd),
                DirectoryBlock.fillWord(heapEnd + bytes, live + 1));
        return true;
    }

    /// Changes a slot, and what the header says of the block.
    private static void putSlot(Transaction tx, long at, int slot, long word, long fill) {
        // One entry of the record for all words of the header costs less than one for each that changes.
        long header = tx.stage(at, (int) DirectoryBlock.FILL_OFFSET + 8);
        long slotAt = DirectoryBlock.slotAt(at, slot);
        DirectoryBlock.change(tx.segment(), header, slotAt - at, tx.load(slotAt) ^ word, fill);
        tx.putLong(slotAt, word);
    }

    /// Replaces a block that is full by one without the deleted entries, or by two, with the new name in place.
    private void rebuild(
            Transaction tx, long directory, long treeKey, long block, long key, Name name, long inode, int type) {
        Scratch scratch = Scratch.get();
        int heapBytes = gatherLive(tx, Geometry.at(block), scratch) + DirectoryBlock.entryBytes(name.byteCount());
        scratch.add(-1, key, DirectoryBlock.entryBytes(name.byteCount()));
        scratch.sort();
        int middle = scratch.count;
        if (heapBytes > REWRITE_HEAP_BYTES || scratch.count > REWRITE_LIVE) {
            middle = middle(scratch, heapBytes);
        }
        requireFewOfOneKey(scratch, key);
        scratch.pairs[0] = treeKey;
        scratch.pairs[1] = build(tx, directory, scratch, 0, middle, name, inode, type);
        int pairs = 1;
        if (middle < scratch.count) {
            scratch.pairs[2] = scratch.keys[middle];
            scratch.pairs[3] = build(tx, directory, scratch, middle, scratch.count, name, inode, type);
            pairs = 2;
        }
        long end = pairs == 2 ? scratch.pairs[2] + 1 : treeKey + 1;
        release(tx, directory, block);
        tree.splice(tx, directory, treeKey, end, scratch.pairs, pairs);
    }

    /// Gathers the live entries of a block as they will be after the transaction.
    ///
    /// @return bytes they take in a heap
    private int gatherLive(Transaction tx, long at, Scratch scratch) {
        scratch.count = 0;
        scratch.isStaged = tx.touches(at, Geometry.BLOCK_BYTES);
        int heapBytes = 0;
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            long word = load(tx, DirectoryBlock.slotAt(at, slot), scratch);
            if (DirectoryBlock.isUsed(word)) {
                long entryAt = at + DirectoryBlock.entryOffset(word);
                int nameBytes = (int) (load(tx, entryAt + 16, scratch) >>> 32) & 0xFF;
                int bytes = DirectoryBlock.entryBytes(nameBytes);
                scratch.add(entryAt, load(tx, entryAt + 8, scratch), bytes);
                heapBytes += bytes;
            }
        }
        return heapBytes;
    }

    /// A word of the block that is gathered from, as it will be after the transaction.
    private long load(Transaction tx, long at, Scratch scratch) {
        return scratch.isStaged ? tx.load(at) : (long) Layouts.WORD.get(view.segment(), at);
    }

    /// Where to split so that both halves take about as many bytes and no key stands on both sides; the count if
    /// nowhere.
    private static int middle(Scratch scratch, int heapBytes) {
        int bytes = 0;
        int best = scratch.count;
        int bestDistance = Integer.MAX_VALUE;
        for (int i = 0; i < scratch.count; i++) {
            int distance = Math.abs(heapBytes / 2 - bytes);
            if (i > 0 && scratch.keys[i] != scratch.keys[i - 1] && distance < bestDistance) {
                best = i;
                bestDistance = distance;
            }
            bytes += scratch.entryBytes[i];
        }
        return best;
    }

    private static void requireFewOfOneKey(Scratch scratch, long key) {
        int same = 0;
        for (int i = 0; i < scratch.count; i++) {
            same += scratch.keys[i] == key ? 1 : 0;
        }
        if (same > MAX_SAME_KEY) {
            throw new VolumeException(Errno.ENOSPC, "more than 7 names of this directory have the same hash");
        }
    }

    /// Makes a new block of the entries [from, to) of what was gathered; -1 among them stands for the new name.
    private long build(
            Transaction tx, long directory, Scratch scratch, int from, int to, Name name, long inode, int type) {
        long block = Run.start(space.allocate(tx, Inode.blockOf(directory), 1, 1));
        MemorySegment s = scratch.blocks;
        DirectoryBlock.initialise(s, 0, block, directory);
        int heapEnd = (int) DirectoryBlock.HEAP_OFFSET;
        for (int i = from; i < to; i++) {
            if (scratch.entryAts[i] < 0) {
                fillEntry(s, scratch.bytes, heapEnd, scratch.keys[i], name, inode, type);
            } else {
                for (int word = 0; word < scratch.entryBytes[i]; word += 8) {
                    Layouts.WORD.set(s, (long) heapEnd + word, load(tx, scratch.entryAts[i] + word, scratch));
                }
            }
            int slot = DirectoryBlock.firstSlot(scratch.keys[i]);
            while (DirectoryBlock.slot(s, 0, slot) != 0) {
                slot = slot + 1 & DirectoryBlock.SLOT_COUNT - 1;
            }
            Layouts.WORD.set(s, DirectoryBlock.slotAt(0, slot),
                    DirectoryBlock.slotWord(scratch.keys[i], heapEnd));
            heapEnd += scratch.entryBytes[i];
        }
        DirectoryBlock.heapEnd(s, 0, heapEnd);
        DirectoryBlock.liveCount(s, 0, to - from);
        DirectoryBlock.seal(s, 0);
        tx.storeNew(Geometry.at(block), s, 0, Geometry.BLOCK_BYTES);
        space.markVerified(block);
        account(tx, directory, 1);
        return block;
    }

    private static void fillEntry(
            MemorySegment s, ByteBuffer bytes, long entryAt, long key, Name name, long inode, int type) {
        DirectoryBlock.entryHeader(s, entryAt, inode, key, name.byteCount(), type);
        for (int i = 0; i < name.wordCount(); i++) {
            DirectoryBlock.nameWord(s, entryAt, i, name.word(i));
        }
        DirectoryBlock.sealEntry(s, bytes, entryAt);
    }

    /// Takes away the name that [#find] found.
    ///
    /// Its block goes with the last name.
    public void remove(Transaction tx, long directory, Entry entry) {
        long base = tx.stageInode(directory);
        MemorySegment staged = tx.segment();
        Inode.entryCount(staged, base, Inode.entryCount(staged, base) - 1);
        long fill = tx.load(entry.blockAt + DirectoryBlock.FILL_OFFSET);
        int live = (int) (fill >>> 32) - 1;
        if (live == 0) {
            removeBlock(tx, directory, entry);
            return;
        }
        int next = entry.slot + 1 & DirectoryBlock.SLOT_COUNT - 1;
        boolean endsProbe = tx.load(DirectoryBlock.slotAt(entry.blockAt, next)) == 0;
        putSlot(tx, entry.blockAt, entry.slot, endsProbe ? 0 : DirectoryBlock.DELETED,
                DirectoryBlock.fillWord((int) fill, live));
    }

    private void removeBlock(Transaction tx, long directory, Entry entry) {
        Cursor cursor = Cursors.get();
        Scratch scratch = Scratch.get();
        if (!tree.floor(tx, directory, DirectoryBlock.entryKey(view.segment(), entry.entryAt), cursor)) {
            throw new CorruptionException("directory", entry.blockAt, "an index entry", "none");
        }
        long treeKey = cursor.key();
        release(tx, directory, Geometry.blockOf(entry.blockAt));
        if (treeKey != 0 || !tree.ceiling(tx, directory, 1, cursor)) {
            tree.splice(tx, directory, treeKey, treeKey + 1, scratch.pairs, 0);
        } else {
            // The first key is always 0, so that every name has a block to go to.
            long end = cursor.key() + 1;
            scratch.pairs[0] = 0;
            scratch.pairs[1] = cursor.value();
            tree.splice(tx, directory, 0, end, scratch.pairs, 1);
        }
    }

    /// Frees every block of the directory's names; the inode is going.
    public void clear(Transaction tx, long directory) {
        Cursor cursor = Cursors.get();
        boolean more = tree.ceiling(tx, directory, 0, cursor);
        while (more) {
            release(tx, directory, cursor.value());
            more = tree.ceiling(tx, directory, cursor.key() + 1, cursor);
        }
        tree.clear(tx, directory);
    }

    /// Lets the name that [#find] found lead elsewhere.
    public void replace(Transaction tx, Entry entry, long inode, int type) {
        int bytes = DirectoryBlock.entryBytes(DirectoryBlock.entryNameBytes(view.segment(), entry.entryAt));
        long staged = tx.stage(entry.entryAt, bytes);
        DirectoryBlock.entryInode(tx.segment(), staged, inode);
        DirectoryBlock.entryType(tx.segment(), staged, type);
        DirectoryBlock.sealEntry(tx.segment(), tx.bytes(), staged);
    }

    /// Lists the entries behind `cookie` of one block, in the order of their cookies. There may be more behind them
    /// even where there are none.
    ///
    /// @param into empty, and stays so where this fails
    public void list(long directory, long cookie, Listing into) {
        long fromKey = cookie >>> 3;
        Cursor cursor = Cursors.get();
        if (!tree.floor(directory, fromKey, cursor)) {
            return;
        }
        long blockKey = cursor.key();
        listBlock(blockAt(directory, cursor.value()), fromKey, (int) (cookie & 7), into);
        if (!tree.ceiling(directory, blockKey + 1, cursor)) {
            into.complete();
            return;
        }
        if (cursor.key() < 0 || cursor.key() > DirectoryBlock.KEY_MASK) {
            throw new CorruptionException("directory.index", Inode.at(directory), "keys of 60 bits",
                    "0x" + Long.toHexString(cursor.key()));
        }
        into.complete(cursor.key() << 3);
    }

    private void listBlock(long at, long fromKey, int skip, Listing into) {
        MemorySegment s = view.segment();
        Scratch scratch = Scratch.get();
        scratch.count = 0;
        int wordCount = 0;
        for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
            long word = DirectoryBlock.slot(s, at, slot);
            if (DirectoryBlock.isUsed(word)) {
                long entryAt = entryAt(at, word);
                long key = DirectoryBlock.entryKey(s, entryAt);
                if (key >= fromKey) {
                    int nameBytes = DirectoryBlock.entryNameBytes(s, entryAt);
                    scratch.add(entryAt, key, nameBytes);
                    wordCount += NameWords.count(nameBytes);
                }
            }
        }
        scratch.sort();
        // Slots that lie may lead to one entry many times: there may be more words than a block has.
        into.reserve(scratch.count, wordCount);
        int ordinal = 0;
        for (int i = 0; i < scratch.count; i++) {
            ordinal = i > 0 && scratch.keys[i] == scratch.keys[i - 1] ? ordinal + 1 : 0;
            if (scratch.keys[i] != fromKey || ordinal >= skip) {
                into.add(s, scratch.entryAts[i], scratch.entryBytes[i],
                        scratch.keys[i] << 3 | Math.min(ordinal + 1, 7));
            }
        }
    }

    private static long entryAt(long at, long slot) {
        long offset = DirectoryBlock.entryOffset(slot);
        if (offset < DirectoryBlock.HEAP_OFFSET || offset + DirectoryBlock.ENTRY_HEADER_BYTES > Geometry.BLOCK_BYTES) {
            throw new CorruptionException("directory.slot", at, "an entry within the block",
                    "0x" + Long.toHexString(slot));
        }
        return at + offset;
    }

    private long key(Name name) {
        return DirectoryBlock.keyOf(name.hash(hashKey0, hashKey1));
    }

    /// Where a block that the index names stands, after it was found whole.
    private long blockAt(long directory, long block) {
        if (!geometry.isUsable(block)) {
            throw new CorruptionException("directory.index", Inode.at(directory), "a block of the volume",
                    Long.toString(block));
        }
        long at = Geometry.at(block);
        MemorySegment s = view.segment();
        if (space.isVerified(block)) {
            DirectoryBlock.verifyHeader(s, at, directory);
        } else {
            DirectoryBlock.verify(s, at, directory);
            for (int slot = 0; slot < DirectoryBlock.SLOT_COUNT; slot++) {
                if (DirectoryBlock.isUsed(DirectoryBlock.slot(s, at, slot))) {
                    DirectoryBlock.verifyEntry(s, at, DirectoryBlock.slot(s, at, slot));
                }
            }
            space.markVerified(block);
        }
        return at;
    }

    private void release(Transaction tx, long directory, long block) {
        space.free(tx, block, 1);
        account(tx, directory, -1);
    }

    private static void account(Transaction tx, long directory, int blocks) {
        long base = tx.stageInode(directory);
        MemorySegment staged = tx.segment();
        Inode.blockCount(staged, base, Inode.blockCount(staged, base) + blocks);
        Inode.size(staged, base, Inode.size(staged, base) + (long) blocks * Geometry.BLOCK_BYTES);
    }
}
