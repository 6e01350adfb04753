package dev.stele.volume;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.Medium;
import java.lang.foreign.MemorySegment;

/// What a medium says it holds: the superblock, or its copy where the first is damaged, held against what can be
/// opened.
final class Identification {
    private final Medium medium;
    private final MemorySegment segment;

    Identification(Medium medium) {
        this.medium = medium;
        this.segment = medium.metadata().segment();
    }

    Superblock.Contents read(boolean readOnly) {
        if (segment.byteSize() < Geometry.at(Geometry.MIN_BLOCKS)) {
            throw new VolumeException(Errno.EINVAL, "not a Stele volume: shorter than 1 MiB");
        }
        Superblock.Contents contents = decode();
        if (contents.geometry().sizeBytes() > segment.byteSize()) {
            throw new VolumeException(Errno.EUCLEAN, "the volume has " + contents.geometry().sizeBytes()
                    + " bytes, but only " + segment.byteSize() + " are there: the image was truncated");
        }
        if ((contents.incompatible() & ~Superblock.KNOWN_INCOMPATIBLE) != 0) {
            throw new VolumeException(Errno.EOPNOTSUPP, "the volume uses features this version does not know (0x"
                    + Integer.toHexString(contents.incompatible()) + "); use a newer Stele");
        }
        if (!readOnly && (contents.readOnlyCompatible() & ~Superblock.KNOWN_READ_ONLY_COMPATIBLE) != 0) {
            throw new VolumeException(Errno.EROFS, "the volume uses features this version can only read (0x"
                    + Integer.toHexString(contents.readOnlyCompatible()) + "); open it read-only");
        }
        return contents;
    }

    private Superblock.Contents decode() {
        long first = Geometry.at(Geometry.SUPERBLOCK);
        long copy = Geometry.at(Geometry.SUPERBLOCK_COPY);
        if (!Superblock.hasMagic(segment, first) && !Superblock.hasMagic(segment, copy)) {
            throw new VolumeException(Errno.EINVAL, "not a Stele volume; make one with `stele mkfs`");
        }
        Superblock.Contents whole = decode(first);
        Superblock.Contents other = decode(copy);
        if (whole == null && other == null) {
            return Superblock.decode(segment, first);
        }
        // A growth stores the copy first, then the superblock: the larger one is right.
        return whole == null || other != null && other.geometry().blockCount() > whole.geometry().blockCount()
                ? other : whole;
    }

    /// @return null where it is damaged
    private Superblock.Contents decode(long at) {
        try {
            return Superblock.decode(segment, at);
        } catch (CorruptionException damaged) {
            return null;
        }
    }
}
