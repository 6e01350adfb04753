package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.format.SuperblockPair;
import dev.stele.medium.View;

/// Makes a volume larger while it is in use: first the medium, then the bitmaps of new groups, then the copy of the
/// superblock and, when that is durable, the superblock. From the copy on the volume is larger: where the two differ,
/// the larger counts, and the next open brings the other up to it.
final class Growth {
    private final Core core;

    Growth(Core core) {
        this.core = core;
    }

    void run(long newSizeBytes) {
        core.gate.shut();
        try {
            // here, where it stays what it is: of two who grow it the second must not make it smaller
            Geometry old = core.geometry();
            check(newSizeBytes, old);
            grow(newSizeBytes, old);
        } finally {
            core.gate.open();
        }
    }

    private static void check(long newSizeBytes, Geometry old) {
        if (newSizeBytes <= old.sizeBytes() || newSizeBytes % Geometry.BLOCK_BYTES != 0) {
            throw new VolumeException(Errno.EINVAL, "the new size must be a multiple of 4096 bytes above "
                    + old.sizeBytes());
        }
        if (newSizeBytes >>> Geometry.BLOCK_SHIFT > Geometry.MAX_BLOCKS) {
            throw new VolumeException(Errno.EFBIG, "a volume has at most 2^55 bytes");
        }
    }

    private void grow(long newSizeBytes, Geometry old) {
        if (newSizeBytes > core.medium.sizeBytes()) {
            core.medium.grow(newSizeBytes);
        }
        Geometry larger = new Geometry(newSizeBytes >>> Geometry.BLOCK_SHIFT, old.journalBlockCount());
        clearBitmaps(old, larger);
        store(withGeometry(core.identity, larger));
        core.grow(larger);
    }

    /// Where the medium fails between the two, the next open finds a larger volume than is open now: nothing may be
    /// written any more until then.
    private void store(Superblock.Contents contents) {
        try {
            SuperblockPair.store(core.medium, contents);
        } catch (VolumeException | InternalError failure) {
            core.turnReadOnly("the medium failed in the middle of a growth (" + failure.getMessage()
                    + "); open the volume again to have it made whole");
            throw failure;
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

    private static Superblock.Contents withGeometry(Superblock.Contents was, Geometry larger) {
        return new Superblock.Contents(larger, was.rootInode(), was.createTimeNanos(), was.compatible(),
                was.readOnlyCompatible(), was.incompatible(), was.label(), was.uuid(), was.hashKey0(), was.hashKey1());
    }
}
