package dev.stele.crash;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Uses a volume that came up: what lies behind the end of each file reads as zeros when it grows, a file is made in
/// every directory and read back, the volume is filled until it refuses, everything is deleted, and as many blocks are
/// free as after mkfs.
final class Usage {
    private static final int FILE_BYTES = 700;
    private static final int GROWN_BYTES = 5000;
    private static final Name USED = Name.of("used after the cut");

    private final long emptyFreeBlocks;
    private final Attributes attributes = new Attributes();
    private final MemorySegment bytes = Arena.ofAuto().allocate(64 << 10, 64);
    private final MemorySegment readBack = Arena.ofAuto().allocate(64 << 10, 64);

    /// @param emptyFreeBlocks free blocks after mkfs, -1 where that is not to be compared
    Usage(long emptyFreeBlocks) {
        this.emptyFreeBlocks = emptyFreeBlocks;
        for (long at = 0; at < bytes.byteSize(); at++) {
            bytes.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (1 + at % 251));
        }
    }

    private record Found(Name name, long inode) {
    }

    void use(Volume volume, Medium image) {
        visit(volume, volume.root());
        fill(volume);
        clean(image, "full");
        empty(volume, volume.root());
        volume.sync();
        clean(image, "emptied");
        fill(volume);
        empty(volume, volume.root());
        long free = volume.statistics().freeBlocks();
        // The root keeps one block for the names it has held, and one block of inodes holds the root.
        if (emptyFreeBlocks >= 0 && image.sizeBytes() == Start.SIZE_BYTES && free < emptyFreeBlocks - 1) {
            throw new Wrong(free + " blocks are free when everything is deleted, " + emptyFreeBlocks + " after mkfs");
        }
        clean(image, "used");
    }

    private static List<Found> names(Volume volume, long directory) {
        List<Found> found = new ArrayList<>();
        volume.readDirectory(directory, 0, (name, inode, type, cookie) -> found.add(new Found(name, inode)));
        return found;
    }

    private void visit(Volume volume, long directory) {
        for (Found each : names(volume, directory)) {
            volume.attributes(each.inode, attributes);
            if (attributes.type() == FileType.DIRECTORY) {
                visit(volume, each.inode);
            } else if (attributes.type() == FileType.REGULAR) {
                if ((attributes.flags & 1) != 0) {
                    volume.seal(each.inode, false);
                }
                growAndRead(volume, each.inode, attributes.sizeBytes);
            }
        }
        try {
            long file = volume.create(directory, USED, 0644, 0, 0);
            if (volume.write(file, 0, bytes, 0, FILE_BYTES, Volume.Durability.DSYNC) == FILE_BYTES) {
                long count = volume.read(file, 0, readBack, 0, readBack.byteSize());
                if (count != FILE_BYTES || readBack.asSlice(0, count).mismatch(bytes.asSlice(0, count)) >= 0) {
                    throw new Wrong("what was written after the cut reads otherwise");
                }
            }
        } catch (VolumeException full) {
            requireFull(full);
        }
    }

    private void growAndRead(Volume volume, long inode, long sizeBytes) {
        try {
            volume.truncate(inode, sizeBytes + GROWN_BYTES);
        } catch (VolumeException full) {
            requireFull(full);
            return;
        }
        long count = volume.read(inode, sizeBytes, readBack, 0, GROWN_BYTES);
        MemorySegment grown = readBack.asSlice(0, count);
        for (long at = 0; at < count; at++) {
            if (grown.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at) != 0) {
                throw new Wrong("inode " + inode + " shows at " + (sizeBytes + at) + " what lay behind its end");
            }
        }
    }

    private static void requireFull(VolumeException refused) {
        if (refused.errno() != Errno.ENOSPC) {
            throw refused;
        }
    }

    private static void fill(Volume volume) {
        try {
            long file = volume.create(volume.root(), Name.of("filler after the cut"), 0644, 0, 0);
            for (long at = 0;; at += 64 << 10) {
                volume.allocate(file, at, 64 << 10, false);
            }
        } catch (VolumeException full) {
            requireFull(full);
        }
    }

    private void empty(Volume volume, long directory) {
        for (Found each : names(volume, directory)) {
            volume.attributes(each.inode, attributes);
            if (attributes.type() == FileType.DIRECTORY) {
                empty(volume, each.inode);
                volume.rmdir(directory, each.name);
            } else {
                volume.unlink(directory, each.name);
            }
        }
    }

    private static void clean(Medium image, String when) {
        Report report = Check.run(image);
        if (!report.isClean()) {
            throw new Wrong("when " + when + " the check finds " + report.obstacle() + report.findings());
        }
    }
}
