package dev.stele.format;

import static dev.stele.format.Layouts.U16;
import static dev.stele.format.Layouts.U32;
import static dev.stele.format.Layouts.U64;
import static dev.stele.format.Layouts.bytes;
import static dev.stele.format.Layouts.field;
import static dev.stele.format.Layouts.reserved;
import static dev.stele.format.Layouts.u32;

import dev.stele.error.CorruptionException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/// One inode: 256 bytes, sixteen to a block. Its number is `block * 16 + slot`, so that finding it is a shift. A slot
/// whose mode is 0 is free. The last 128 bytes are the payload: the bytes of a small file or symlink (flag INLINE), or
/// the root of the file's extent tree or the directory's index: up to 8 entries of {key, value}, see [TreeNode].
public final class Inode {
    public static final int SEALED = 1;
    public static final int INLINE = 2;
    public static final int PAYLOAD_BYTES = 128;
    public static final int ROOT_ENTRIES = PAYLOAD_BYTES / TreeNode.ENTRY_BYTES;
    public static final int PER_BLOCK_SHIFT = 4;
    public static final int PER_BLOCK = 1 << PER_BLOCK_SHIFT;
    /// Links an inode may have, as on ext4.
    public static final int MAX_LINKS = 65_000;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U32.withName("mode"),
            U32.withName("crc"),
            U64.withName("self"),
            U32.withName("generation"),
            U32.withName("linkCount"),
            U32.withName("uid"),
            U32.withName("gid"),
            U64.withName("sizeBytes"),
            U64.withName("blockCount"),
            U64.withName("accessTimeNanos"),
            U64.withName("modifyTimeNanos"),
            U64.withName("changeTimeNanos"),
            U64.withName("birthTimeNanos"),
            U32.withName("flags"),
            U16.withName("rootCount"),
            U16.withName("rootDepth"),
            U64.withName("device"),
            U64.withName("xattrBlock"),
            U64.withName("entryCount"),
            reserved(16),
            bytes(PAYLOAD_BYTES, "payload"));

    public static final long BYTES = LAYOUT.byteSize();
    public static final long CRC_OFFSET = Layouts.offset(LAYOUT, "crc");
    public static final long PAYLOAD_OFFSET = Layouts.offset(LAYOUT, "payload");

    private static final U32Field MODE = u32(LAYOUT, "mode");
    private static final U32Field CRC = u32(LAYOUT, "crc");
    private static final VarHandle SELF = field(LAYOUT, "self");
    private static final U32Field GENERATION = u32(LAYOUT, "generation");
    private static final U32Field LINK_COUNT = u32(LAYOUT, "linkCount");
    private static final U32Field UID = u32(LAYOUT, "uid");
    private static final U32Field GID = u32(LAYOUT, "gid");
    private static final VarHandle SIZE = field(LAYOUT, "sizeBytes");
    private static final VarHandle BLOCK_COUNT = field(LAYOUT, "blockCount");
    private static final VarHandle ACCESS_TIME = field(LAYOUT, "accessTimeNanos");
    private static final VarHandle MODIFY_TIME = field(LAYOUT, "modifyTimeNanos");
    private static final VarHandle CHANGE_TIME = field(LAYOUT, "changeTimeNanos");
    private static final VarHandle BIRTH_TIME = field(LAYOUT, "birthTimeNanos");
    private static final U32Field FLAGS = u32(LAYOUT, "flags");
    private static final VarHandle ROOT_COUNT = field(LAYOUT, "rootCount");
    private static final VarHandle ROOT_DEPTH = field(LAYOUT, "rootDepth");
    private static final VarHandle DEVICE = field(LAYOUT, "device");
    private static final VarHandle XATTR_BLOCK = field(LAYOUT, "xattrBlock");
    private static final VarHandle ENTRY_COUNT = field(LAYOUT, "entryCount");

    private Inode() {
    }

    public static long number(long block, int slot) {
        return block << PER_BLOCK_SHIFT | slot;
    }

    public static long blockOf(long inode) {
        return inode >>> PER_BLOCK_SHIFT;
    }

    public static int slotOf(long inode) {
        return (int) inode & PER_BLOCK - 1;
    }

    /// Byte offset of an inode on the medium.
    public static long at(long inode) {
        return inode << 8;
    }

    /// @throws CorruptionException where checksum or self-reference are wrong, or counts are impossible
    public static void verify(MemorySegment s, long at, long inode) {
        int crc = Crc32c.ofSummed(s, at, BYTES, CRC_OFFSET);
        int found = CRC.get(s, at);
        if (crc != found) {
            throw new CorruptionException("inode.crc", at, Integer.toUnsignedLong(crc), Integer.toUnsignedLong(found));
        }
        if ((long) SELF.get(s, at) != inode) {
            throw new CorruptionException("inode.self", at, inode, (long) SELF.get(s, at));
        }
        if (rootCount(s, at) > ROOT_ENTRIES || rootDepth(s, at) > TreeNode.MAX_DEPTH
                || isInline(s, at) && (Long.compareUnsigned(size(s, at), PAYLOAD_BYTES) > 0 || hasRoot(s, at))
                || size(s, at) < 0) {
            throw new CorruptionException("inode", at, "a possible size and tree root",
                    "size " + size(s, at) + ", root of " + rootCount(s, at) + " at depth " + rootDepth(s, at));
        }
    }

    /// Recomputes the checksum of an inode in working memory.
    public static void seal(MemorySegment s, long at) {
        CRC.set(s, at, Crc32c.ofSummed(s, at, BYTES, CRC_OFFSET));
    }

    /// As the other, in working memory: `bytes` is the same memory as `s`.
    public static void seal(MemorySegment s, ByteBuffer bytes, long at) {
        CRC.set(s, at, 0);
        CRC.set(s, at, Crc32c.ofOwn(bytes, at, BYTES));
    }

    /// Byte offset of one root entry; its value stands 8 bytes behind its key.
    public static long rootEntryAt(long at, int index) {
        return at + PAYLOAD_OFFSET + (long) index * TreeNode.ENTRY_BYTES;
    }

    /// 0: the slot is free.
    public static int mode(MemorySegment s, long at) {
        return MODE.get(s, at);
    }

    public static void mode(MemorySegment s, long at, int mode) {
        MODE.set(s, at, mode);
    }

    public static long self(MemorySegment s, long at) {
        return (long) SELF.get(s, at);
    }

    public static void self(MemorySegment s, long at, long inode) {
        SELF.set(s, at, inode);
    }

    public static int crc(MemorySegment s, long at) {
        return CRC.get(s, at);
    }

    public static int generation(MemorySegment s, long at) {
        return GENERATION.get(s, at);
    }

    public static void generation(MemorySegment s, long at, int generation) {
        GENERATION.set(s, at, generation);
    }

    public static int linkCount(MemorySegment s, long at) {
        return LINK_COUNT.get(s, at);
    }

    public static void linkCount(MemorySegment s, long at, int links) {
        LINK_COUNT.set(s, at, links);
    }

    public static int uid(MemorySegment s, long at) {
        return UID.get(s, at);
    }

    public static void uid(MemorySegment s, long at, int uid) {
        UID.set(s, at, uid);
    }

    public static int gid(MemorySegment s, long at) {
        return GID.get(s, at);
    }

    public static void gid(MemorySegment s, long at, int gid) {
        GID.set(s, at, gid);
    }

    public static long size(MemorySegment s, long at) {
        return (long) SIZE.get(s, at);
    }

    public static void size(MemorySegment s, long at, long bytes) {
        SIZE.set(s, at, bytes);
    }

    /// Blocks owned: data, tree nodes, directory blocks, attribute blocks.
    public static long blockCount(MemorySegment s, long at) {
        return (long) BLOCK_COUNT.get(s, at);
    }

    public static void blockCount(MemorySegment s, long at, long blocks) {
        BLOCK_COUNT.set(s, at, blocks);
    }

    public static long accessTime(MemorySegment s, long at) {
        return (long) ACCESS_TIME.get(s, at);
    }

    public static void accessTime(MemorySegment s, long at, long nanos) {
        ACCESS_TIME.set(s, at, nanos);
    }

    public static long modifyTime(MemorySegment s, long at) {
        return (long) MODIFY_TIME.get(s, at);
    }

    public static void modifyTime(MemorySegment s, long at, long nanos) {
        MODIFY_TIME.set(s, at, nanos);
    }

    public static long changeTime(MemorySegment s, long at) {
        return (long) CHANGE_TIME.get(s, at);
    }

    public static void changeTime(MemorySegment s, long at, long nanos) {
        CHANGE_TIME.set(s, at, nanos);
    }

    public static long birthTime(MemorySegment s, long at) {
        return (long) BIRTH_TIME.get(s, at);
    }

    public static void birthTime(MemorySegment s, long at, long nanos) {
        BIRTH_TIME.set(s, at, nanos);
    }

    public static int flags(MemorySegment s, long at) {
        return FLAGS.get(s, at);
    }

    public static void flags(MemorySegment s, long at, int flags) {
        FLAGS.set(s, at, flags);
    }

    public static boolean isInline(MemorySegment s, long at) {
        return (flags(s, at) & INLINE) != 0;
    }

    /// Entries in the root, 0 to 8.
    public static int rootCount(MemorySegment s, long at) {
        return (short) ROOT_COUNT.get(s, at) & 0xFFFF;
    }

    public static void rootCount(MemorySegment s, long at, int count) {
        ROOT_COUNT.set(s, at, (short) count);
    }

    /// Levels of tree blocks below the root: 0 where the root holds the leaf entries itself.
    public static int rootDepth(MemorySegment s, long at) {
        return (short) ROOT_DEPTH.get(s, at) & 0xFFFF;
    }

    public static void rootDepth(MemorySegment s, long at, int depth) {
        ROOT_DEPTH.set(s, at, (short) depth);
    }

    /// Whether the payload is the root of a tree: of an inline file it is bytes that anybody may have chosen.
    public static boolean hasRoot(MemorySegment s, long at) {
        return rootCount(s, at) != 0 || rootDepth(s, at) != 0;
    }

    /// Device number of a device node; inode number of the parent of a directory; else 0.
    public static long device(MemorySegment s, long at) {
        return (long) DEVICE.get(s, at);
    }

    public static void device(MemorySegment s, long at, long device) {
        DEVICE.set(s, at, device);
    }

    /// First block of the extended attributes, 0 for none.
    public static long xattrBlock(MemorySegment s, long at) {
        return (long) XATTR_BLOCK.get(s, at);
    }

    public static void xattrBlock(MemorySegment s, long at, long block) {
        XATTR_BLOCK.set(s, at, block);
    }

    /// Names in a directory, without `.` and `..`.
    public static long entryCount(MemorySegment s, long at) {
        return (long) ENTRY_COUNT.get(s, at);
    }

    public static void entryCount(MemorySegment s, long at, long entries) {
        ENTRY_COUNT.set(s, at, entries);
    }
}
