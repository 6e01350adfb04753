package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.format.Superblock;
import dev.stele.journal.Transaction;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Makes a volume larger while it is in use: first the medium, then the bitmaps of new groups, then one record that
/// changes both superblocks.
final class Growth {
    private final Core core;

    Growth(Core core) {
        this.core = core;
    }

    void run(long newSizeBytes) {
        Geometry old = core.geometry();
        if (newSizeBytes <= old.sizeBytes() || newSizeBytes % Geometry.BLOCK_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "the new size must be a multiple of 4096 bytes above "
                    + old.sizeBytes());
        }
        if (newSizeBytes >>> Geometry.BLOCK_SHIFT > Geometry.MAX_BLOCKS) {
            throw new VolumeException(Errno.EFBIG, "a volume has at most 2^55 bytes");
        }
        core.gate.shut();
        try {
            if (newSizeBytes > core.medium.sizeBytes()) {
                core.medium.grow(newSizeBytes);
            }
            Geometry larger = new Geometry(newSizeBytes >>> Geometry.BLOCK_SHIFT, old.journalBlockCount());
            clearBitmaps(old, larger);
            commit(larger);
            core.grow(larger);
        } finally {
            core.gate.open();
        }
    }

    private void clearBitmaps(Geometry old, Geometry larger) {
        View view = core.metadata;
        for (long group = old.groupCount(); group < larger.groupCount(); group++) {
            clear(view, Geometry.blockBitmapAt(group), larger);
            clear(view, Geometry.inodeBitmapAt(group), larger);
        }
        long last = old.groupCount() - 1;
        // A group of a single block had no room for its second bitmap.
        if (old.groupBlocks(last) < 2) {
            clear(view, Geometry.inodeBitmapAt(last), larger);
        }
        core.medium.drain();
    }

    private static void clear(View view, long at, Geometry larger) {
        if (Geometry.blockOf(at) < larger.blockCount()) {
            view.streamZeros(at, Geometry.BLOCK_BYTES);
        }
    }

    private void commit(Geometry larger) {
        Superblock.Contents was = core.identity;
        Superblock.Contents contents = new Superblock.Contents(larger, was.rootInode(), was.createTimeNanos(),
                was.compatible(), was.readOnlyCompatible(), was.incompatible(), was.label(), was.uuid(),
                was.hashKey0(), was.hashKey1());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment s = arena.allocate(Superblock.BYTES, 64);
            Superblock.encode(contents, s, 0);
            Transaction tx = core.journal.begin();
            try {
                stage(tx, Geometry.at(Geometry.SUPERBLOCK), s);
                stage(tx, Geometry.at(Geometry.SUPERBLOCK_COPY), s);
                tx.commit();
            } finally {
                tx.abort();
            }
        }
    }

    private static void stage(Transaction tx, long at, MemorySegment s) {
        long staged = tx.stage(at, (int) Superblock.BYTES);
        for (long i = 0; i < Superblock.BYTES; i += 8) {
            Layouts.WORD.set(tx.segment(), staged + i, (long) Layouts.WORD.get(s, i));
        }
    }
}
