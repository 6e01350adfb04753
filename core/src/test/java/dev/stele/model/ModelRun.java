package dev.stele.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// Does the same random operations to a volume and to the model, and compares every outcome; [#compareAll()] compares
/// everything there is. One seed gives one run.
final class ModelRun {
    private static final int MAX_FILE_BYTES = 300_000;
    private static final int MAX_NODES = 300;

    private final Random random;
    private final Model model = new Model();
    private final List<ModelNode> pinned = new ArrayList<>();
    private final String top;
    private final MemorySegment buffer = Arena.ofAuto().allocate(2 * MAX_FILE_BYTES, 64);
    private Volume volume;
    private long volumeTop;
    private String last = "";
    /// Whether the volume is so small that operations may find no space.
    private boolean mayFill;
    /// Whether the last operation found none.
    private boolean isFull;

    /// @param top name of the directory below the volume's root in which everything happens
    ModelRun(Volume volume, String top, long seed) {
        this.random = new Random(seed);
        this.volume = volume;
        this.top = top;
        this.volumeTop = volume.mkdir(volume.root(), Name.of(top), 0755, 0, 0);
        model.root.inode = volumeTop;
    }

    /// Goes on with the same volume opened anew: what was pinned without a name is gone.
    void reopened(Volume again) {
        volume = again;
        volumeTop = again.lookup(again.root(), Name.of(top));
        pinned.clear();
    }

    void mayFill() {
        mayFill = true;
    }

    void unpinAll() {
        pinned.forEach(node -> volume.unpin(node.inode));
        pinned.clear();
    }

    /// The operation done last, for messages.
    String last() {
        return last;
    }

    void step() {
        if (Boolean.getBoolean("stele.model.paranoid")) {
            String before = last;
            compareAll();
            last = before;
        }
        ModelNode dir = randomDirectory();
        String name = randomName();
        switch (random.nextInt(26)) {
            case 0, 1, 2 -> create(dir, name, FileType.REGULAR);
            case 3 -> create(dir, name, FileType.DIRECTORY);
            case 4 -> create(dir, name, random.nextBoolean() ? FileType.FIFO : FileType.SOCKET);
            case 5 -> symlink(dir, name);
            case 6 -> link(dir, name);
            case 7, 8 -> both("unlink " + name, () -> volume.unlink(dir.inode, Name.of(name)),
                    () -> model.unlink(dir, name));
            case 9 -> both("rmdir " + name, () -> volume.rmdir(dir.inode, Name.of(name)),
                    () -> model.rmdir(dir, name));
            case 10, 11 -> rename(dir, name);
            case 12, 13, 14, 15 -> write(randomFile(), false);
            case 16, 17 -> write(randomFile(), true);
            case 18 -> truncate(randomFile());
            case 19 -> shape(randomFile());
            case 20 -> attributes(randomNode());
            case 21 -> xattr(randomNode());
            case 22 -> pin(randomFile());
            case 23 -> compareFile(randomFile());
            case 24 -> copy(randomFile(), randomFile());
            default -> sync(randomFile());
        }
    }

    private void create(ModelNode dir, String name, FileType type) {
        if (count(model.root) > MAX_NODES) {
            return;
        }
        int permissions = random.nextInt(01000);
        both("create " + type + " " + name, () -> {
            switch (type) {
                case REGULAR -> volume.create(dir.inode, Name.of(name), permissions, 7, 8);
                case DIRECTORY -> volume.mkdir(dir.inode, Name.of(name), permissions, 7, 8);
                default -> volume.mknod(dir.inode, Name.of(name), type.modeBits() | permissions, 0, 7, 8);
            }
        }, () -> {
            ModelNode node = model.add(dir, name, type, permissions, 8);
            node.uid = 7;
            node.inode = volume.lookup(dir.inode, Name.of(name));
        });
    }

    private void symlink(ModelNode dir, String name) {
        byte[] target = randomBytes(1 + random.nextInt(random.nextBoolean() ? 200 : 4095));
        both("symlink " + name + " of " + target.length,
                () -> volume.symlink(dir.inode, Name.of(name), target, 7, 8),
                () -> {
                    ModelNode node = model.add(dir, name, FileType.SYMLINK, 0777, 8);
                    node.target = target;
                    node.uid = 7;
                    node.inode = volume.lookup(dir.inode, Name.of(name));
                });
    }

    private void link(ModelNode dir, String name) {
        ModelNode node = randomNode();
        both("link " + name, () -> volume.link(node.inode, dir.inode, Name.of(name)),
                () -> model.link(node, dir, name));
    }

    private void rename(ModelNode dir, String name) {
        ModelNode toDir = random.nextInt(3) == 0 ? dir : randomDirectory();
        String to = randomName();
        RenameMode mode = random.nextInt(3) > 0 ? RenameMode.REPLACE : RenameMode.values()[random.nextInt(3)];
        both("rename " + mode + " " + name + " " + to,
                () -> volume.rename(dir.inode, Name.of(name), toDir.inode, Name.of(to), mode),
                () -> model.rename(dir, name, toDir, to, mode));
    }

    private void write(ModelNode file, boolean append) {
        if (file == null) {
            return;
        }
        int count = randomLength();
        int offset = append ? file.bytes.length : randomOffset(file);
        if (offset + count > MAX_FILE_BYTES) {
            return;
        }
        byte[] bytes = randomBytes(count);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, count);
        Durability durability = Durability.values()[random.nextInt(4)];
        if (file.sealed && count > 0) {
            writeSealed(file, offset, bytes, durability);
            return;
        }
        both((append ? "append " : "write " + offset + " ") + count + " " + durability + " to " + file.bytes.length,
                () -> {
                    if (append) {
                        assertEquals(offset, volume.append(file.inode, buffer, 0, count, durability));
                    } else {
                        took(file, offset, bytes, volume.write(file.inode, offset, buffer, 0, count, durability));
                    }
                }, () -> {
                    if (append) {
                        file.write(offset, bytes);
                    }
                });
        if (append && isFull) {
            tookPart(file, offset, bytes);
        }
    }

    /// A write that took fewer bytes met the end of the space.
    private void took(ModelNode file, int offset, byte[] bytes, long count) {
        assertTrue(count == bytes.length || mayFill && count > 0 && count < bytes.length, () -> "wrote " + count);
        file.write(offset, java.util.Arrays.copyOf(bytes, (int) count));
    }

    /// An append that met the end of the space left the part that fitted.
    private void tookPart(ModelNode file, int offset, byte[] bytes) {
        Attributes attributes = new Attributes();
        volume.attributes(file.inode, attributes);
        file.write(offset, java.util.Arrays.copyOf(bytes, (int) attributes.sizeBytes - offset));
    }

    /// A sealed file may be overwritten in place up to its end, and nothing else.
    private void writeSealed(ModelNode file, int offset, byte[] bytes, Durability durability) {
        int end = offset + bytes.length;
        boolean needsExtents = offset >= file.bytes.length || durability == Durability.ATOMIC;
        if (end <= file.bytes.length || needsExtents) {
            both("write to sealed " + offset + "+" + bytes.length + " of " + file.bytes.length,
                    () -> volume.write(file.inode, offset, buffer, 0, bytes.length, durability),
                    () -> {
                        if (needsExtents) {
                            throw new VolumeException(Errno.ETXTBSY);
                        }
                        file.write(offset, bytes);
                    });
        }
    }

    private void truncate(ModelNode file) {
        if (file != null) {
            int size = random.nextBoolean() ? randomOffset(file) : random.nextInt(file.bytes.length + 1);
            both("truncate " + file.bytes.length + " to " + size, () -> volume.truncate(file.inode, size), () -> {
                model.requireUnsealed(file);
                file.resize(size);
            });
        }
    }

    private void shape(ModelNode file) {
        if (file == null) {
            return;
        }
        boolean aligned = random.nextBoolean();
        int offset = aligned ? randomOffset(file) & -Model.BLOCK : randomOffset(file);
        int count = aligned ? Model.BLOCK * random.nextInt(6) : random.nextInt(20_000);
        boolean keep = random.nextBoolean();
        if (file.bytes.length + count > MAX_FILE_BYTES || offset + count > MAX_FILE_BYTES) {
            return;
        }
        String at = " " + offset + "+" + count + " of " + file.bytes.length;
        switch (mayFill ? 0 : random.nextInt(5)) {
            case 0 -> both("punch" + at, () -> volume.punchHole(file.inode, offset, count), () -> {
                requireRange(file, count);
                file.zero(offset, offset + count);
            });
            case 1 -> both("allocate" + at, () -> volume.allocate(file.inode, offset, count, keep), () -> {
                requireRange(file, count);
                growTo(file, offset + count, keep);
            });
            case 2 -> both("zero" + at, () -> volume.zeroRange(file.inode, offset, count, keep), () -> {
                requireRange(file, count);
                file.zero(offset, offset + count);
                growTo(file, offset + count, keep);
            });
            case 3 -> both("collapse" + at, () -> volume.collapseRange(file.inode, offset, count),
                    () -> model.collapse(file, offset, count));
            default -> both("insert" + at, () -> volume.insertRange(file.inode, offset, count),
                    () -> model.insert(file, offset, count));
        }
    }

    private void requireRange(ModelNode file, int count) {
        if (count == 0) {
            throw new VolumeException(Errno.EINVAL);
        }
        model.requireUnsealed(file);
    }

    private static void growTo(ModelNode file, int size, boolean keep) {
        if (!keep && size > file.bytes.length) {
            file.resize(size);
        }
    }

    private void attributes(ModelNode node) {
        int permissions = random.nextInt(010000);
        int uid = random.nextInt(5);
        int gid = uid + 10;
        AttributeChange change = new AttributeChange().permissions(permissions).uid(uid).gid(gid);
        both("chmod", () -> volume.setAttributes(node.inode, change),
                () -> {
                    node.permissions = permissions;
                    node.uid = uid;
                    node.gid = gid;
                });
        if (node.type == FileType.REGULAR && random.nextInt(4) == 0) {
            boolean sealed = random.nextInt(3) == 0;
            both(sealed ? "seal" : "unseal", () -> volume.seal(node.inode, sealed), () -> node.sealed = sealed);
        }
    }

    private void xattr(ModelNode node) {
        String name = "user." + random.nextInt(4);
        if (random.nextInt(4) == 0) {
            both("removexattr", () -> volume.removeXattr(node.inode, Name.of(name)),
                    () -> model.removeXattr(node, name));
            return;
        }
        byte[] value = randomBytes(random.nextInt(random.nextInt(5) == 0 ? 9000 : 100));
        XattrMode mode = XattrMode.values()[random.nextInt(3)];
        both("setxattr", () -> volume.setXattr(node.inode, Name.of(name), value, mode),
                () -> model.setXattr(node, name, value, mode));
    }

    private void pin(ModelNode file) {
        if (file != null && pinned.size() < 5) {
            volume.pin(file.inode);
            pinned.add(file);
        } else if (!pinned.isEmpty()) {
            volume.unpin(pinned.remove(random.nextInt(pinned.size())).inode);
        }
    }

    private void copy(ModelNode from, ModelNode to) {
        if (from == null || to == null || from == to || to.sealed) {
            return;
        }
        int offset = random.nextInt(from.bytes.length + 1);
        int target = randomOffset(to);
        int count = Math.min(randomLength(), from.bytes.length - offset);
        if (target + count > MAX_FILE_BYTES) {
            return;
        }
        if (!mayFill) {
            both("copy", () -> assertEquals(count, volume.copyRange(from.inode, offset, to.inode, target, count)),
                    () -> to.write(target, java.util.Arrays.copyOfRange(from.bytes, offset, offset + count)));
        }
    }

    private void sync(ModelNode file) {
        if (file != null) {
            last = "sync";
            volume.sync(file.inode, random.nextBoolean());
        }
    }

    private void both(String what, Runnable real, Runnable imagined) {
        last = what;
        Errno found = outcome(real);
        isFull = mayFill && found == Errno.ENOSPC;
        if (!isFull) {
            assertEquals(outcome(imagined), found, what);
        }
    }

    private static Errno outcome(Runnable action) {
        try {
            action.run();
            return null;
        } catch (VolumeException e) {
            return e.errno();
        }
    }

    /// Compares all names, attributes and bytes.
    void compareAll() {
        compare(model.root, volumeTop, new HashMap<>());
        pinned.forEach(this::compareFile);
    }

    /// Compares all names, attributes and bytes with those of another volume, and closes it.
    void compareWith(Volume other) {
        Volume mine = volume;
        long myTop = volumeTop;
        try (other) {
            volume = other;
            volumeTop = other.lookup(other.root(), Name.of(top));
            compareAll();
        } finally {
            volume = mine;
            volumeTop = myTop;
        }
    }

    private void compare(ModelNode node, long inode, Map<ModelNode, Long> seen) {
        Long before = seen.putIfAbsent(node, inode);
        if (before != null) {
            assertEquals(before, inode, "two names of one file");
            return;
        }
        node.inode = inode;
        compareAttributes(node);
        switch (node.type) {
            case REGULAR -> compareFile(node);
            case SYMLINK -> assertArrayEquals(node.target, volume.readlink(inode));
            case DIRECTORY -> compareDirectory(node, seen);
            default -> { }
        }
    }

    private void compareAttributes(ModelNode node) {
        Attributes attributes = new Attributes();
        volume.attributes(node.inode, attributes);
        assertEquals(node.type, attributes.type());
        assertEquals(node.links, attributes.linkCount, "links");
        if (node != model.root) {
            assertEquals(node.permissions, attributes.permissions());
            assertEquals(node.uid, attributes.uid);
            assertEquals(node.gid, attributes.gid);
        }
        Map<String, byte[]> xattrs = new TreeMap<>();
        for (Name name : volume.listXattrs(node.inode)) {
            xattrs.put(name.toString(), volume.getXattr(node.inode, name));
        }
        assertEquals(node.xattrs.keySet(), xattrs.keySet());
        node.xattrs.forEach((name, value) -> assertArrayEquals(value, xattrs.get(name), name));
    }

    private void compareDirectory(ModelNode dir, Map<ModelNode, Long> seen) {
        Set<String> names = new HashSet<>();
        Map<String, Long> inodes = new HashMap<>();
        volume.readDirectory(dir.inode, 0, (name, inode, type, cookie) -> {
            assertTrue(names.add(name.toString()), () -> name + " listed twice");
            inodes.put(name.toString(), inode);
            return true;
        });
        assertEquals(dir.entries.keySet(), names);
        if (dir.parent != null) {
            assertEquals(dir.parent.inode, volume.parent(dir.inode));
        }
        dir.entries.forEach((name, node) -> {
            assertEquals(inodes.get(name), volume.lookup(dir.inode, Name.of(name)));
            compare(node, inodes.get(name), seen);
        });
    }

    private void compareFile(ModelNode file) {
        if (file == null) {
            return;
        }
        Attributes attributes = new Attributes();
        volume.attributes(file.inode, attributes);
        assertEquals(file.bytes.length, attributes.sizeBytes, last);
        long count = volume.read(file.inode, 0, buffer, 0, buffer.byteSize());
        assertEquals(file.bytes.length, count);
        byte[] found = buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        int differs = java.util.Arrays.mismatch(file.bytes, found);
        assertEquals(-1, differs, () -> "byte " + differs + " of " + file.bytes.length + " after " + last + ", "
                + volume.extents(file.inode, 0, Long.MAX_VALUE) + describe(file.bytes, found));
    }

    private static String describe(byte[] expected, byte[] found) {
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < expected.length; from += 64) {
            int to = Math.min(from + 64, expected.length);
            if (!java.util.Arrays.equals(expected, from, to, found, from, to)) {
                boolean zeros = java.util.Arrays.equals(found, from, to, new byte[64], 0, to - from);
                text.append(' ').append(from).append(zeros ? "z" : "");
            }
        }
        return text.toString();
    }

    private ModelNode randomDirectory() {
        List<ModelNode> directories = nodes().stream().filter(ModelNode::isDirectory).toList();
        return directories.get(random.nextInt(directories.size()));
    }

    private ModelNode randomNode() {
        List<ModelNode> all = nodes();
        return all.get(random.nextInt(all.size()));
    }

    private ModelNode randomFile() {
        List<ModelNode> files = new ArrayList<>(nodes().stream().filter(n -> n.type == FileType.REGULAR).toList());
        files.addAll(pinned);
        return files.isEmpty() ? null : files.get(random.nextInt(files.size()));
    }

    private List<ModelNode> nodes() {
        List<ModelNode> all = new ArrayList<>();
        collect(model.root, all);
        return all;
    }

    private static void collect(ModelNode node, List<ModelNode> into) {
        into.add(node);
        node.entries.values().forEach(child -> collect(child, into));
    }

    private static int count(ModelNode node) {
        return 1 + node.entries.values().stream().mapToInt(ModelRun::count).sum();
    }

    private String randomName() {
        int number = random.nextInt(12);
        return number < 10 ? "n" + number : "n".repeat(200 + number) + number;
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private int randomLength() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(150);
            case 1 -> Model.BLOCK * (1 + random.nextInt(4));
            case 2 -> random.nextInt(3 * Model.BLOCK);
            default -> random.nextInt(60_000);
        };
    }

    private int randomOffset(ModelNode file) {
        return switch (random.nextInt(3)) {
            case 0 -> Model.BLOCK * random.nextInt(20);
            case 1 -> random.nextInt(file.bytes.length + 1);
            default -> random.nextInt(file.bytes.length + 20_000);
        };
    }
}
