package dev.stele.node;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Inode;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// New inodes, and what stat says of one.
public final class Inodes {
    private static final ThreadLocal<MemorySegment> WORK =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Inode.BYTES, 64));

    private final View view;

    public Inodes(Medium medium) {
        this.view = medium.metadata();
    }

    /// Working memory in which a new inode is put together with the accessors of [Inode], at offset 0.
    public static MemorySegment blank(long inode, int mode, int uid, int gid, long nowNanos) {
        MemorySegment s = WORK.get();
        s.fill((byte) 0);
        Inode.mode(s, 0, mode);
        Inode.self(s, 0, inode);
        Inode.generation(s, 0, (int) (nowNanos ^ nowNanos >>> 32));
        Inode.linkCount(s, 0, 1);
        Inode.uid(s, 0, uid);
        Inode.gid(s, 0, gid);
        Inode.accessTime(s, 0, nowNanos);
        Inode.modifyTime(s, 0, nowNanos);
        Inode.changeTime(s, 0, nowNanos);
        Inode.birthTime(s, 0, nowNanos);
        return s;
    }

    /// Logs a new inode whole: older records may still store to its slot (J7), and a slot that is in use although no
    /// name leads to it must not come of a power cut.
    public static void store(Transaction tx, long inode, MemorySegment blank) {
        long base = tx.stageNewInode(inode);
        MemorySegment.copy(blank, 0, tx.segment(), base, Inode.BYTES);
    }

    /// The type that a mode read at `at` names. A checksum vouched for it when the inode was first read; since then a
    /// block that a damaged bitmap gave out twice may have been overwritten.
    ///
    /// @throws VolumeException ESTALE where the slot is free: who holds no lock may come upon one just given back
    /// @throws CorruptionException where the mode names no type
    public static FileType type(int mode, long at) {
        FileType type = FileType.ofMode(mode);
        if (type == null) {
            throw mode == 0 ? new VolumeException(Errno.ESTALE)
                    : new CorruptionException("inode.mode", at, "a file type", "0" + Integer.toOctalString(mode));
        }
        return type;
    }

    /// What stat says, but for times kept in memory. Whether the type is one, [#type] tells.
    public void attributes(long inode, Attributes into) {
        MemorySegment s = view.segment();
        long at = Inode.at(inode);
        into.inode = inode;
        into.mode = Inode.mode(s, at);
        into.linkCount = Inode.linkCount(s, at);
        into.uid = Inode.uid(s, at);
        into.gid = Inode.gid(s, at);
        into.device = isDevice(into.mode) ? Inode.device(s, at) : 0;
        into.sizeBytes = Inode.size(s, at);
        into.blockCount = Inode.blockCount(s, at);
        into.accessTimeNanos = Inode.accessTime(s, at);
        into.modifyTimeNanos = Inode.modifyTime(s, at);
        into.changeTimeNanos = Inode.changeTime(s, at);
        into.birthTimeNanos = Inode.birthTime(s, at);
        into.generation = Inode.generation(s, at);
        into.flags = Inode.flags(s, at) & Inode.SEALED;
    }

    private static boolean isDevice(int mode) {
        FileType type = FileType.ofMode(mode);
        return type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
    }
}
