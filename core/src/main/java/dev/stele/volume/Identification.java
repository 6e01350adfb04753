package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.format.SuperblockPair;
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
        if (!SuperblockPair.hasMagic(segment)) {
            throw new VolumeException(Errno.EINVAL, "not a Stele volume; make one with `stele mkfs`");
        }
        Superblock.Contents contents = SuperblockPair.decode(segment);
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
}
