package dev.stele.node;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Inode;
import dev.stele.journal.Transaction;
import dev.stele.medium.Medium;
import dev.stele.medium.View;
import java.lang.foreign.MemorySegment;

/// New inodes, and what stat says of one.
public final class Inodes {
    private final View view;

    public Inodes(Medium medium) {
        this.view = medium.metadata();
    }

    /// Makes 256 bytes of working memory an inode with one name and no content.
    public static void initialise(
            MemorySegment s, long base, long inode, int mode, int uid, int gid, long nowNanos) {
        s.asSlice(base, Inode.BYTES).fill((byte) 0);
        Inode.mode(s, base, mode);
        Inode.self(s, base, inode);
        Inode.generation(s, base, (int) (nowNanos ^ nowNanos >>> 32));
        Inode.linkCount(s, base, 1);
        Inode.uid(s, base, uid);
        Inode.gid(s, base, gid);
        Inode.accessTime(s, base, nowNanos);
        Inode.modifyTime(s, base, nowNanos);
        Inode.changeTime(s, base, nowNanos);
        Inode.birthTime(s, base, nowNanos);
    }

    /// Stages a new inode whole: older records may still store to its slot (J7), and a slot that is in use although no
    /// name leads to it must not come of a power cut.
    ///
    /// @return its offset in the transaction's segment, for the accessors of [Inode]
    public static long stageNew(Transaction tx, long inode, int mode, int uid, int gid, long nowNanos) {
        long base = tx.stageNewInode(inode);
        initialise(tx.segment(), base, inode, mode, uid, gid, nowNanos);
        return base;
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
