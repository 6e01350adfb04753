package dev.stele.crash;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.SyncErrors;
import dev.stele.volume.SyncStrategy;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.FileExtent;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A volume under test beside the tree that says what it should be: every operation is carried out on the volume and
/// then, where that did not refuse it, on the tree. The same operations give the same bytes each time.
final class Stage implements AutoCloseable {
    private static final long FIRST_NANOS = 1_000_000;
    private static final int BLOCK_BYTES = 4096;
    private static final byte[] PATTERN = pattern();
    /// More stores than the making of any volume to start from takes.
    private static final int STORES_OF_STARTS = 100;

    final Medium medium;
    final Volume volume;
    final Tree tree;
    private final AtomicLong clock = new AtomicLong(FIRST_NANOS);
    private final Attributes attributes = new Attributes();
    private final MemorySegment buffer = Arena.ofAuto().allocate(256 << 10, 64);
    private final List<Arena> arenas = new ArrayList<>();
    private final List<Mapped> mapped = new ArrayList<>();
    /// What files owned when they were mapped or pinned: they may have lost it, or their names, since.
    final List<FileExtent> keptExtents = new ArrayList<>();
    /// Words of mapped files that were flushed and wait for the drain, by file.
    private final Map<Node, Set<Integer>> flushed = new HashMap<>();
    private final List<Handle> handles = new ArrayList<>();
    /// Inodes of files that somebody has open: they keep their bytes, and may get others, when their last name is gone.
    final Set<Long> pinned = new HashSet<>();
    private final SyncStrategy strategy;
    private int stores;
    /// How often a call returned that promises that everything it names is durable.
    int promises;
    private Node kept;

    /// A mapping of a file.
    private record Mapped(MemorySegment segment, Node node, int fileOffset) {
    }

    /// One opening of a file, as a channel has it.
    private record Handle(Node node, SyncErrors errors) {
    }

    Stage(Medium medium, Tree tree) {
        this(medium, tree, SyncStrategy.FILE);
    }

    Stage(Medium medium, Tree tree, SyncStrategy strategy) {
        this.medium = medium;
        this.strategy = strategy;
        this.volume = Recoveries.open(medium, clock, strategy);
        this.tree = tree == null ? new Tree(volume.root()) : tree;
        // What a workload stores must differ from what the volume it starts from holds there.
        this.stores = tree == null ? 0 : STORES_OF_STARTS;
    }

    /// Bytes of which none is zero.
    private static byte[] pattern() {
        byte[] bytes = new byte[64 << 10];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (1 + (Mix.of(7, i) >>> 40) % 255);
        }
        return bytes;
    }

    // ---- what a workload needs

    /// Makes a directory where there is nothing.
    void directory(String path) {
        if (tree.find(path) == null) {
            mkdir(path);
        }
    }

    /// Makes a file where there is nothing.
    void file(String path, int byteCount) {
        if (tree.find(path) == null) {
            create(path);
            if (byteCount > 0) {
                append(path, byteCount, Durability.DEFERRED);
            }
        }
    }

    /// Makes a file of single blocks with holes between where there is nothing.
    void scattered(String path, int runs) {
        if (tree.find(path) == null) {
            create(path);
            for (int i = 0; i < runs; i++) {
                write(path, i * 8192, 4096, Durability.DEFERRED);
            }
        }
    }

    /// Has a name lead to nothing, whatever it led to.
    void nothing(String path) {
        Node node = tree.find(path);
        if (node == null) {
            return;
        }
        if (!node.isDirectory()) {
            if (node.sealed) {
                seal(path, false);
            }
            unlink(path);
            return;
        }
        for (String name : List.copyOf(node.entries.keySet())) {
            nothing(path + "/" + name);
        }
        rmdir(path);
    }

    // ---- names

    private long parent(String path) {
        return tree.requireParent(path).inode;
    }

    private static Name name(String path) {
        return Name.of(Tree.last(path));
    }

    private void own(Node node) {
        node.uid = 10;
        node.gid = 20;
    }

    void create(String path) {
        own(tree.add(path, FileType.REGULAR, 0644, volume.create(parent(path), name(path), 0644, 10, 20)));
    }

    void mkdir(String path) {
        own(tree.add(path, FileType.DIRECTORY, 0755, volume.mkdir(parent(path), name(path), 0755, 10, 20)));
    }

    void mknod(String path) {
        long inode = volume.mknod(parent(path), name(path), FileType.FIFO.modeBits() | 0600, 0, 10, 20);
        own(tree.add(path, FileType.FIFO, 0600, inode));
    }

    void symlink(String path, int length) {
        byte[] target = Arrays.copyOf(PATTERN, length);
        Node node = tree.add(path, FileType.SYMLINK, 0777, volume.symlink(parent(path), name(path), target, 10, 20));
        node.bytes = target;
        own(node);
    }

    void link(String path, String other) {
        Node node = tree.require(path);
        volume.link(node.inode, parent(other), name(other));
        tree.link(node, other);
    }

    void unlink(String path) {
        volume.unlink(parent(path), name(path));
        tree.remove(path);
    }

    void rmdir(String path) {
        volume.rmdir(parent(path), name(path));
        tree.remove(path);
    }

    void rename(String from, String to, RenameMode mode) {
        volume.rename(parent(from), name(from), parent(to), name(to), mode);
        tree.rename(from, to, mode);
    }

    void pin(String path) {
        Node node = tree.require(path);
        volume.pin(node.inode);
        keptExtents.addAll(volume.extents(node.inode, 0, Long.MAX_VALUE));
        pinned.add(node.inode);
    }

    /// Opens a file, for [#force].
    void open(String path) {
        pin(path);
        Node node = tree.require(path);
        handles.add(new Handle(node, volume.errorsOf(node.inode)));
    }

    /// Removes the last name of a file that is pinned, for [#unpinKept].
    void unlinkKept(String path) {
        kept = tree.require(path);
        unlink(path);
    }

    void unpinKept() {
        if (kept == null) {
            throw new VolumeException(Errno.EBADF);
        }
        volume.unpin(kept.inode);
        pinned.remove(kept.inode);
    }

    // ---- attributes

    void setAttributes(String path, int permissions, int owner) {
        Node node = tree.require(path);
        volume.setAttributes(node.inode, new AttributeChange().permissions(permissions).uid(owner).gid(owner + 1));
        node.permissions = permissions;
        node.uid = owner;
        node.gid = owner + 1;
    }

    void setTimes(String path) {
        volume.setAttributes(tree.require(path).inode,
                new AttributeChange().accessTimeNanos(77).modifyTimeNanos(78).birthTimeNanos(79));
    }

    void setXattr(String path, String name, int byteCount) {
        Node node = tree.require(path);
        byte[] value = Arrays.copyOfRange(PATTERN, byteCount % 97, byteCount % 97 + byteCount);
        volume.setXattr(node.inode, Name.of(name), value, XattrMode.SET);
        node.xattrs.put(name, value);
    }

    void removeXattr(String path, String name) {
        Node node = tree.require(path);
        volume.removeXattr(node.inode, Name.of(name));
        node.xattrs.remove(name);
    }

    void seal(String path, boolean sealed) {
        Node node = tree.require(path);
        volume.seal(node.inode, sealed);
        node.sealed = sealed;
    }

    // ---- bytes

    /// Bytes that no store before had.
    private byte[] fresh(int byteCount) {
        int from = stores++ * 131 % 8191;
        return Arrays.copyOfRange(PATTERN, from, from + byteCount);
    }

    void append(String path, int byteCount, Durability durability) {
        Node node = tree.require(path);
        byte[] bytes = fresh(byteCount);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, byteCount);
        try {
            volume.append(node.inode, buffer, 0, byteCount, durability);
        } catch (VolumeException full) {
            if (full.errno() != Errno.ENOSPC) {
                throw full;
            }
            volume.attributes(node.inode, attributes);
            bytes = Arrays.copyOf(bytes, (int) attributes.sizeBytes - node.bytes.length);
        }
        node.store(node.bytes.length, bytes);
        promises += durability == Durability.DEFERRED ? 0 : 1;
    }

    void write(String path, int offset, int byteCount, Durability durability) {
        Node node = tree.require(path);
        byte[] bytes = fresh(byteCount);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, byteCount);
        List<FileExtent> before = owned(node, offset, byteCount);
        long written = volume.write(node.inode, offset, buffer, 0, byteCount, durability);
        wrote(node, offset, Arrays.copyOf(bytes, (int) written), before, node.bytes.length, durability);
        promises += durability == Durability.DEFERRED ? 0 : 1;
    }

    private List<FileExtent> owned(Node node, long offset, long byteCount) {
        return node.type == FileType.REGULAR ? volume.extents(node.inode, offset, byteCount) : List.of();
    }

    /// What stood in blocks of the file before is overwritten in place, and a sync is needed, but for the strategy that
    /// syncs at once; everything else has come with a record.
    ///
    /// @param size of the file before
    private void wrote(Node node, int offset, byte[] bytes, List<FileExtent> before, int size, Durability durability) {
        if (durability != Durability.DEFERRED) {
            node.store(offset, bytes);
            node.looseTimes |= durability == Durability.DSYNC;
            return;
        }
        int end = offset + bytes.length;
        int done = offset;
        for (FileExtent each : before) {
            int from = (int) Math.max(offset, each.fileOffset());
            int to = (int) Math.min(Math.min(end, size), each.fileOffset() + each.byteCount());
            if (!each.unwritten() && from < to) {
                node.store(done, Arrays.copyOfRange(bytes, done - offset, from - offset));
                storeInPlace(node, from, Arrays.copyOfRange(bytes, from - offset, to - offset));
                done = to;
            }
        }
        node.store(done, Arrays.copyOfRange(bytes, done - offset, bytes.length));
    }

    private void storeInPlace(Node node, int offset, byte[] bytes) {
        if (strategy == SyncStrategy.IMMEDIATE) {
            node.store(offset, bytes);
            node.looseTimes = true;
        } else {
            node.storeLoosely(offset, bytes);
        }
    }

    void truncate(String path, int size) {
        Node node = tree.require(path);
        volume.truncate(node.inode, size);
        node.resize(size);
    }

    void allocate(String path, int offset, int byteCount, boolean keepSize) {
        Node node = tree.require(path);
        volume.allocate(node.inode, offset, byteCount, keepSize);
        if (!keepSize && offset + byteCount > node.bytes.length) {
            node.resize(offset + byteCount);
        }
    }

    void punch(String path, int offset, int byteCount) {
        Node node = tree.require(path);
        volume.punchHole(node.inode, offset, byteCount);
        node.zero(offset, offset + byteCount);
        node.looseTimes = true;
    }

    void zero(String path, int offset, int byteCount, boolean keepSize) {
        Node node = tree.require(path);
        volume.zeroRange(node.inode, offset, byteCount, keepSize);
        node.zero(offset, offset + byteCount);
        if (!keepSize && offset + byteCount > node.bytes.length) {
            node.resize(offset + byteCount);
        }
        node.looseTimes = true;
    }

    void collapse(String path, int offset, int byteCount) {
        Node node = tree.require(path);
        volume.collapseRange(node.inode, offset, byteCount);
        node.collapse(offset, byteCount);
    }

    void insert(String path, int offset, int byteCount) {
        Node node = tree.require(path);
        volume.insertRange(node.inode, offset, byteCount);
        node.insert(offset, byteCount);
    }

    void copyRange(String from, int fromOffset, String to, int toOffset, int byteCount) {
        Node source = tree.require(from);
        Node target = tree.require(to);
        List<FileExtent> before = owned(target, toOffset, byteCount);
        int copied = (int) volume.copyRange(source.inode, fromOffset, target.inode, toOffset, byteCount);
        byte[] bytes = copied == 0 ? new byte[0] : Arrays.copyOfRange(source.bytes, fromOffset, fromOffset + copied);
        int size = target.bytes.length;
        // In pieces, as the source's blocks are: a word of the target may get its halves from two of them.
        for (int done = 0; done < copied; ) {
            int end = Math.min(copied, (fromOffset + done & -BLOCK_BYTES) + BLOCK_BYTES - fromOffset);
            wrote(target, toOffset + done, Arrays.copyOfRange(bytes, done, end), before, size, Durability.DEFERRED);
            done = end;
        }
    }

    // ---- mappings

    /// Maps a range for writing; [#storeMapped] goes to the mapping made last, or one of those before.
    void map(String path, int offset, int byteCount, MapOption... options) {
        Node node = tree.require(path);
        Arena arena = Arena.ofShared();
        try {
            mapped.add(new Mapped(volume.map(node.inode, offset, byteCount, MapMode.READ_WRITE, arena, options), node,
                    offset));
        } catch (VolumeException refused) {
            arena.close();
            throw refused;
        }
        node.wasMapped = true;
        arenas.add(arena);
        keptExtents.addAll(volume.extents(node.inode, 0, Long.MAX_VALUE));
    }

    /// @param back 0 for the mapping made last, 1 for the one before
    /// @param fileOffset of the mapping's first byte
    void storeMapped(int back, int fileOffset, int at, int byteCount) {
        Mapped mapping = mapping(back, fileOffset, at + byteCount);
        Node node = mapping.node;
        int offset = fileOffset + at;
        byte[] bytes = fresh(within(node, offset, byteCount));
        MemorySegment.copy(bytes, 0, mapping.segment, ValueLayout.JAVA_BYTE, at, bytes.length);
        node.storeLoosely(offset, bytes);
        // What is stored now the flush before has not taken along.
        flushed.computeIfPresent(node, (file, words) -> {
            words.removeAll(words(offset, bytes.length));
            return words;
        });
    }

    /// @param end of what is wanted of it
    private Mapped mapping(int back, int fileOffset, int end) {
        Mapped found = mapped.size() <= back ? null : mapped.get(mapped.size() - 1 - back);
        // One of an operation before, where this one's was refused, is not what the workload means.
        if (found == null || found.fileOffset != fileOffset || found.segment.byteSize() < end) {
            throw new VolumeException(Errno.EBADF);
        }
        return found;
    }

    /// How many bytes of a range are within the file: what lies behind its end is nobody's.
    private static int within(Node node, int offset, int byteCount) {
        int end = Math.min(offset + byteCount, node.bytes.length);
        if (end <= offset) {
            throw new VolumeException(Errno.EBADF);
        }
        return end - offset;
    }

    private static Set<Integer> words(int offset, int byteCount) {
        return IntStream.rangeClosed(offset / Words.BYTES, (offset + byteCount - 1) / Words.BYTES).boxed()
                .collect(Collectors.toSet());
    }

    /// Has the program itself make durable what was stored through a sync mapping, as [#storeMapped] names it.
    void persistMapped(int back, int fileOffset, int at, int byteCount) {
        Mapped mapping = mapping(back, fileOffset, at + byteCount);
        int length = within(mapping.node, fileOffset + at, byteCount);
        medium.persistMapped(mapping.segment, at, length);
        flushed.computeIfAbsent(mapping.node, each -> new HashSet<>()).addAll(words(fileOffset + at, length));
        drained();
    }

    /// The first half of [#persistMapped].
    void flushMapped(int back, int fileOffset, int at, int byteCount) {
        Mapped mapping = mapping(back, fileOffset, at + byteCount);
        int length = within(mapping.node, fileOffset + at, byteCount);
        medium.flushMapped(mapping.segment, at, length);
        flushed.computeIfAbsent(mapping.node, each -> new HashSet<>()).addAll(words(fileOffset + at, length));
    }

    /// The second half.
    void drainMapped() {
        medium.drain();
        drained();
    }

    private void drained() {
        flushed.forEach((node, words) -> words.forEach(word ->
                node.synced((long) word * Words.BYTES, (word + 1L) * Words.BYTES)));
        flushed.clear();
    }

    /// Inode of a file that is mapped, 0 for none. A change of its size first gives its mappings blocks of zeros, by a
    /// record of their own.
    long mappedInode() {
        return mapped.isEmpty() ? 0 : mapped.getLast().node.inode;
    }

    /// Also where one refuses, none is closed twice.
    void closeMappings() {
        List<Arena> open = List.copyOf(arenas);
        arenas.clear();
        mapped.clear();
        RuntimeException refused = null;
        for (Arena each : open) {
            try {
                each.close();
            } catch (RuntimeException failure) {
                refused = failure;
            }
        }
        if (refused != null) {
            throw refused;
        }
    }

    // ---- syncs

    void fsync(String path, boolean dataOnly) {
        Node node = tree.require(path);
        volume.sync(node.inode, dataOnly);
        synced(node, dataOnly);
    }

    /// What `FileChannel.force` does: a sync through the handle opened last, or one of those before.
    ///
    /// @param back 0 for the handle opened last, 1 for the one before
    void force(int back, boolean metadata) {
        if (handles.size() <= back) {
            throw new VolumeException(Errno.EBADF);
        }
        Handle handle = handles.get(handles.size() - 1 - back);
        volume.sync(handle.node.inode, !metadata, handle.errors);
        synced(handle.node, !metadata);
    }

    private void synced(Node node, boolean dataOnly) {
        node.synced(0, Long.MAX_VALUE);
        // One of the data alone notes what was stored through mappings, and leaves the times to the next.
        node.looseTimes = dataOnly && (node.looseTimes || node.wasMapped);
        node.wasMapped &= dataOnly || isMapped(node);
        flushedAll();
        promises++;
    }

    /// One list for the medium: a sync of anything makes all bytes durable.
    private void flushedAll() {
        if (strategy == SyncStrategy.VOLUME) {
            tree.forEach(node -> node.synced(0, Long.MAX_VALUE));
        }
    }

    void msync(String path, int offset, int byteCount) {
        Node node = tree.require(path);
        volume.syncRange(node.inode, offset, byteCount);
        node.synced(offset, offset + byteCount);
        flushedAll();
        promises++;
    }

    void sync() {
        volume.sync();
        promises++;
        tree.forEach(node -> {
            node.synced(0, Long.MAX_VALUE);
            node.looseTimes = false;
            node.wasMapped &= isMapped(node);
        });
    }

    private boolean isMapped(Node node) {
        return mapped.stream().anyMatch(each -> each.node.inode == node.inode);
    }

    void grow(long byteCount) {
        volume.grow(medium.sizeBytes() + byteCount);
    }

    /// Fails where the volume is not what the tree says.
    void compare() {
        compare("", tree.root);
    }

    private void compare(String path, Node node) {
        volume.attributes(node.inode, attributes);
        require(path, "type", node.type, attributes.type());
        require(path, "permissions", node.permissions, attributes.permissions());
        require(path, "links", node.links, attributes.linkCount);
        require(path, "sealed", node.sealed, (attributes.flags & 1) != 0);
        if (node != tree.root) {
            require(path, "owner", node.uid + ":" + node.gid, attributes.uid + ":" + attributes.gid);
        }
        compareXattrs(path, node);
        switch (node.type) {
            case REGULAR -> compareBytes(path, node);
            case SYMLINK -> require(path, "target", true, Arrays.equals(node.bytes, volume.readlink(node.inode)));
            case DIRECTORY -> compareNames(path, node);
            default -> { }
        }
    }

    private void compareXattrs(String path, Node node) {
        require(path, "attributes", node.xattrs.size(), volume.listXattrs(node.inode).size());
        for (Map.Entry<String, byte[]> each : node.xattrs.entrySet()) {
            require(path, each.getKey(), true,
                    Arrays.equals(each.getValue(), volume.getXattr(node.inode, Name.of(each.getKey()))));
        }
    }

    private void compareBytes(String path, Node node) {
        require(path, "size", (long) node.bytes.length, attributes.sizeBytes);
        for (int from = 0; from < node.bytes.length; from += (int) buffer.byteSize()) {
            int count = (int) Math.min(buffer.byteSize(), node.bytes.length - from);
            require(path, "bytes read", (long) count, volume.read(node.inode, from, buffer, 0, count));
            MemorySegment expected = MemorySegment.ofArray(node.bytes).asSlice(from, count);
            long differs = expected.mismatch(buffer.asSlice(0, count));
            require(path, "first byte that differs", -1L, differs < 0 ? -1 : from + differs);
        }
    }

    private void compareNames(String path, Node node) {
        List<String> found = new ArrayList<>();
        volume.readDirectory(node.inode, 0, (name, inode, type, cookie) -> {
            Node child = node.entries.get(name.toString());
            require(path + "/" + name, "inode", child == null ? 0 : child.inode, inode);
            return found.add(name.toString());
        });
        require(path, "names", node.entries.size(), found.size());
        require(path, "parent", node.parent.inode, volume.parent(node.inode));
        node.entries.forEach((name, child) -> compare(path + "/" + name, child));
    }

    private static void require(String path, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new Wrong("of " + (path.isEmpty() ? "the root" : path) + " the " + what + " should be " + expected
                    + ", not " + found);
        }
    }

    /// Ends the mappings; the volume is only dropped.
    @Override
    public void close() {
        closeMappings();
    }
}
