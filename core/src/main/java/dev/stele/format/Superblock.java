package dev.stele.format;

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
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// The first block: what this volume is. Changes only when the volume grows or is repaired, and never alone: see
/// [SuperblockPair].
public final class Superblock {
    /// "STELEVOL" read as a little-endian word.
    public static final long MAGIC = 0x4C4F56454C455453L;
    public static final int VERSION = 1;
    public static final int LABEL_BYTES = 64;
    /// Incompatible features this program understands: none yet.
    public static final int KNOWN_INCOMPATIBLE = 0;
    /// Read-only compatible features this program understands: none yet.
    public static final int KNOWN_READ_ONLY_COMPATIBLE = 0;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U64.withName("magic"),
            U32.withName("version"),
            U32.withName("blockBytes"),
            U64.withName("blockCount"),
            U64.withName("journalBlockCount"),
            U64.withName("rootInode"),
            U64.withName("createTimeNanos"),
            U32.withName("compatible"),
            U32.withName("readOnlyCompatible"),
            U32.withName("incompatible"),
            U32.withName("labelBytes"),
            bytes(LABEL_BYTES, "label"),
            U64.withName("uuidHigh"),
            U64.withName("uuidLow"),
            U64.withName("hashKey0"),
            U64.withName("hashKey1"),
            reserved(340),
            U32.withName("crc"));

    public static final long BYTES = LAYOUT.byteSize();
    public static final long BLOCK_COUNT_OFFSET = Layouts.offset(LAYOUT, "blockCount");
    public static final long CRC_OFFSET = Layouts.offset(LAYOUT, "crc");
    private static final long LABEL_OFFSET = Layouts.offset(LAYOUT, "label");

    private static final VarHandle MAGIC_WORD = field(LAYOUT, "magic");
    private static final U32Field VERSION_WORD = u32(LAYOUT, "version");
    private static final U32Field BLOCK_BYTES = u32(LAYOUT, "blockBytes");
    private static final VarHandle BLOCK_COUNT = field(LAYOUT, "blockCount");
    private static final VarHandle JOURNAL_BLOCK_COUNT = field(LAYOUT, "journalBlockCount");
    private static final VarHandle ROOT_INODE = field(LAYOUT, "rootInode");
    private static final VarHandle CREATE_TIME = field(LAYOUT, "createTimeNanos");
    private static final U32Field COMPATIBLE = u32(LAYOUT, "compatible");
    private static final U32Field READ_ONLY_COMPATIBLE = u32(LAYOUT, "readOnlyCompatible");
    private static final U32Field INCOMPATIBLE = u32(LAYOUT, "incompatible");
    private static final U32Field LABEL_LENGTH = u32(LAYOUT, "labelBytes");
    private static final VarHandle UUID_HIGH = field(LAYOUT, "uuidHigh");
    private static final VarHandle UUID_LOW = field(LAYOUT, "uuidLow");
    private static final VarHandle HASH_KEY0 = field(LAYOUT, "hashKey0");
    private static final VarHandle HASH_KEY1 = field(LAYOUT, "hashKey1");
    private static final U32Field CRC = u32(LAYOUT, "crc");

    /// A superblock as a value.
    public record Contents(
            Geometry geometry, long rootInode, long createTimeNanos, int compatible, int readOnlyCompatible,
            int incompatible, String label, UUID uuid, long hashKey0, long hashKey1) {
    }

    private Superblock() {
    }

    /// Writes a superblock into working memory; the caller stores it on the medium.
    public static void encode(Contents contents, MemorySegment into, long at) {
        into.asSlice(at, BYTES).fill((byte) 0);
        MAGIC_WORD.set(into, at, MAGIC);
        VERSION_WORD.set(into, at, VERSION);
        BLOCK_BYTES.set(into, at, Geometry.BLOCK_BYTES);
        BLOCK_COUNT.set(into, at, contents.geometry.blockCount());
        JOURNAL_BLOCK_COUNT.set(into, at, contents.geometry.journalBlockCount());
        ROOT_INODE.set(into, at, contents.rootInode);
        CREATE_TIME.set(into, at, contents.createTimeNanos);
        COMPATIBLE.set(into, at, contents.compatible);
        READ_ONLY_COMPATIBLE.set(into, at, contents.readOnlyCompatible);
        INCOMPATIBLE.set(into, at, contents.incompatible);
        byte[] label = contents.label.getBytes(StandardCharsets.UTF_8);
        if (label.length > LABEL_BYTES) {
            throw new IllegalArgumentException("a label has at most 64 bytes, not " + label.length);
        }
        LABEL_LENGTH.set(into, at, label.length);
        MemorySegment.copy(label, 0, into, ValueLayout.JAVA_BYTE, at + LABEL_OFFSET, label.length);
        UUID_HIGH.set(into, at, contents.uuid.getMostSignificantBits());
        UUID_LOW.set(into, at, contents.uuid.getLeastSignificantBits());
        HASH_KEY0.set(into, at, contents.hashKey0);
        HASH_KEY1.set(into, at, contents.hashKey1);
        seal(into, at);
    }

    /// Recomputes the checksum of a superblock in working memory.
    public static void seal(MemorySegment segment, long at) {
        CRC.set(segment, at, Crc32c.ofSummed(segment, at, BYTES, CRC_OFFSET));
    }

    /// Whether there is something here that was meant to be a Stele superblock, whole or not.
    public static boolean hasMagic(MemorySegment segment, long at) {
        return (long) MAGIC_WORD.get(segment, at) == MAGIC;
    }

    /// @throws CorruptionException where the bytes are no superblock this version wrote
    public static Contents decode(MemorySegment segment, long at) {
        Layouts.expect("superblock.magic", at, MAGIC, (long) MAGIC_WORD.get(segment, at));
        Layouts.expect("superblock.crc", at, Integer.toUnsignedLong(Crc32c.ofSummed(segment, at, BYTES, CRC_OFFSET)),
                Integer.toUnsignedLong(CRC.get(segment, at)));
        Layouts.expect("superblock.version", at, VERSION, VERSION_WORD.get(segment, at));
        Layouts.expect("superblock.blockBytes", at, Geometry.BLOCK_BYTES, BLOCK_BYTES.get(segment, at));
        int labelBytes = LABEL_LENGTH.get(segment, at);
        if (labelBytes < 0 || labelBytes > LABEL_BYTES) {
            throw new CorruptionException("superblock.labelBytes", at, "0 to 64", Integer.toString(labelBytes));
        }
        byte[] label = segment.asSlice(at + LABEL_OFFSET, labelBytes).toArray(ValueLayout.JAVA_BYTE);
        return new Contents(
                geometry(segment, at),
                (long) ROOT_INODE.get(segment, at),
                (long) CREATE_TIME.get(segment, at),
                COMPATIBLE.get(segment, at),
                READ_ONLY_COMPATIBLE.get(segment, at),
                INCOMPATIBLE.get(segment, at),
                new String(label, StandardCharsets.UTF_8),
                new UUID((long) UUID_HIGH.get(segment, at), (long) UUID_LOW.get(segment, at)),
                (long) HASH_KEY0.get(segment, at),
                (long) HASH_KEY1.get(segment, at));
    }

    private static Geometry geometry(MemorySegment segment, long at) {
        long blocks = (long) BLOCK_COUNT.get(segment, at);
        long journalBlocks = (long) JOURNAL_BLOCK_COUNT.get(segment, at);
        try {
            return new Geometry(blocks, journalBlocks);
        } catch (IllegalArgumentException impossible) {
            throw new CorruptionException("superblock.blockCount", at, "a possible geometry", impossible.getMessage());
        }
    }
}
