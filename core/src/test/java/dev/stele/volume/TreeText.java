package dev.stele.volume;

import dev.stele.medium.Medium;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Everything a user can see of a volume, as text: one line for each name, in order, and the counts of what is free.
/// Two volumes with the same text are the same volume.
final class TreeText {
    private static final MemorySegment BYTES = Arena.ofAuto().allocate(8 << 20, 64);

    private final Volume volume;
    /// A file whose bytes and times of change are left out, or 0.
    private final long torn;
    private final StringBuilder text = new StringBuilder(4096);
    private final Attributes attributes = new Attributes();

    private TreeText(Volume volume, long torn) {
        this.volume = volume;
        this.torn = torn;
    }

    static String of(Volume volume) {
        return of(volume, 0);
    }

    /// @param torn inode of a file whose bytes and times of change are left out, or 0
    static String of(Volume volume, long torn) {
        TreeText tree = new TreeText(volume, torn);
        tree.line("", volume.root());
        tree.text.append(volume.statistics());
        return tree.text.toString();
    }

    private record Found(Name name, long inode) {
    }

    private void directory(String path, long inode) {
        List<Found> found = new ArrayList<>();
        volume.readDirectory(inode, 0, (name, child, type, cookie) -> found.add(new Found(name, child)));
        found.sort((a, b) -> a.name.toString().compareTo(b.name.toString()));
        for (Found each : found) {
            line(path + "/" + each.name, each.inode);
        }
    }

    private void line(String path, long inode) {
        volume.attributes(inode, attributes);
        Attributes a = attributes;
        FileType type = a.type();
        boolean isTorn = inode == torn;
        text.append(path).append(" #").append(inode).append(" mode ").append(Integer.toOctalString(a.mode))
                .append(" links ").append(a.linkCount).append(' ').append(a.uid).append(':').append(a.gid)
                .append(" size ").append(a.sizeBytes).append(" blocks ").append(a.blockCount)
                .append(" device ").append(a.device).append(" generation ").append(a.generation)
                .append(" flags ").append(a.flags)
                .append(" times ").append(a.accessTimeNanos).append(' ')
                .append(isTorn ? 0 : a.modifyTimeNanos).append(' ').append(isTorn ? 0 : a.changeTimeNanos).append(' ')
                .append(a.birthTimeNanos);
        for (Name each : volume.listXattrs(inode)) {
            text.append(' ').append(each).append('=').append(sum(MemorySegment.ofArray(volume.getXattr(inode, each))));
        }
        switch (type) {
            case REGULAR -> content(inode, a.sizeBytes, isTorn);
            case SYMLINK -> text.append(" -> ").append(sum(MemorySegment.ofArray(volume.readlink(inode))));
            case DIRECTORY -> text.append(" parent #").append(volume.parent(inode));
            default -> { }
        }
        text.append('\n');
        if (type == FileType.DIRECTORY) {
            directory(path, inode);
        }
    }

    private void content(long inode, long sizeBytes, boolean isTorn) {
        if (!isTorn) {
            long count = volume.read(inode, 0, BYTES, 0, Math.min(sizeBytes, BYTES.byteSize()));
            text.append(" content ").append(sum(BYTES.asSlice(0, count)));
        }
        text.append(" data");
        for (long at = 0; (at = volume.seekData(inode, at)) >= 0;) {
            text.append(' ').append(at);
            at = volume.seekHole(inode, at);
            text.append('-').append(at);
        }
    }

    private static String sum(MemorySegment segment) {
        CRC32C crc = new CRC32C();
        crc.update(segment.asByteBuffer());
        return Long.toHexString(crc.getValue());
    }

    /// A medium of its own with the same bytes.
    static SimMedium copy(Medium medium) {
        SimMedium copy = SimMedium.create(medium.sizeBytes(), medium.granularity());
        medium.data().read(0, copy.metadata().segment(), 0, copy.sizeBytes());
        copy.settle();
        return copy;
    }
}
