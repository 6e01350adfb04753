package dev.stele.check;

import dev.stele.error.VolumeException;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Does to a volume whatever can be done to it, and lets nothing but a `VolumeException` be an answer.
final class Explorer {
    private static final int MAX_INODES = 3_000;
    private static final int MAX_NAMES = 20_000;

    private final Volume volume;
    private final MemorySegment buffer = Arena.ofAuto().allocate(64 << 10);
    private final Attributes attributes = new Attributes();
    private final Set<Long> seen = new HashSet<>();
    private int failures;
    private int names;

    Explorer(Volume volume) {
        this.volume = volume;
    }

    private interface Step {
        void run();
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (VolumeException answer) {
            failures++;
        }
    }

    /// @return operations that failed
    int read() {
        ArrayDeque<Long> directories = new ArrayDeque<>();
        directories.add(volume.root());
        seen.add(volume.root());
        while (!directories.isEmpty() && seen.size() < MAX_INODES) {
            for (Found found : list(directories.remove())) {
                if (seen.add(found.inode)) {
                    attempt(() -> look(found, directories));
                }
            }
        }
        attempt(volume::statistics);
        return failures;
    }

    private record Found(Name name, long inode) {
    }

    private List<Found> list(long directory) {
        List<Found> found = new ArrayList<>();
        long[] last = {0};
        attempt(() -> volume.readDirectory(directory, 0, (name, inode, type, cookie) -> {
            found.add(new Found(name, inode));
            last[0] = cookie;
            return ++names < MAX_NAMES;
        }));
        attempt(() -> volume.readDirectory(directory, last[0], (name, inode, type, cookie) -> false));
        attempt(() -> volume.parent(directory));
        for (Found f : found) {
            attempt(() -> volume.lookup(directory, f.name));
        }
        attempt(() -> volume.lookup(directory, Name.of("not there")));
        attempt(() -> xattrs(directory));
        return found;
    }

    private void look(Found found, ArrayDeque<Long> directories) {
        volume.attributes(found.inode, attributes);
        long size = attributes.sizeBytes;
        switch (attributes.mode >>> 12) {
            case Kind.DIRECTORY -> directories.add(found.inode);
            case Kind.SYMLINK -> attempt(() -> volume.readlink(found.inode));
            case Kind.REGULAR -> {
                for (long at : new long[] {0, 4096, 100_000, size / 2, size - 5000, size}) {
                    attempt(() -> volume.read(found.inode, Math.max(0, at), buffer, 0, buffer.byteSize()));
                }
                attempt(() -> volume.extents(found.inode, 0, Long.MAX_VALUE));
                attempt(() -> volume.seekData(found.inode, 0));
                attempt(() -> volume.seekHole(found.inode, 0));
            }
            default -> { }
        }
        xattrs(found.inode);
    }

    private void xattrs(long inode) {
        for (Name name : volume.listXattrs(inode)) {
            attempt(() -> volume.getXattr(inode, name));
        }
        attempt(() -> volume.getXattr(inode, Name.of("user.none")));
    }

    /// @return operations that failed
    int write() {
        int number = 0;
        for (long inode : List.copyOf(seen)) {
            Name name = Name.of("explored-" + number++);
            attempt(() -> volume.create(inode, name, 0644, 1, 1));
            attempt(() -> volume.mkdir(inode, Name.of(name + "d"), 0755, 1, 1));
            attempt(() -> volume.rename(inode, name, volume.root(), name, Volume.RenameMode.REPLACE));
            attempt(() -> volume.link(inode, volume.root(), Name.of(name + "l")));
            attempt(() -> volume.setXattr(inode, Name.of("user.e"), new byte[50], Volume.XattrMode.SET));
            attempt(() -> volume.setAttributes(inode, new AttributeChange().uid(4)));
            attempt(() -> volume.append(inode, buffer, 0, 100, Volume.Durability.SYNC));
            attempt(() -> volume.write(inode, 9000, buffer, 0, 9000, Volume.Durability.ATOMIC));
            attempt(() -> volume.punchHole(inode, 4096, 8192));
            attempt(() -> volume.insertRange(inode, 0, 4096));
            attempt(() -> volume.collapseRange(inode, 0, 4096));
            attempt(() -> volume.allocate(inode, 50_000, 9000, true));
            attempt(() -> volume.truncate(inode, 10));
            attempt(() -> volume.sync(inode, false));
            remove(inode);
        }
        attempt(volume::sync);
        return failures;
    }

    private void remove(long directory) {
        for (Found found : list(directory)) {
            if (found.inode % 2 == 0) {
                attempt(() -> volume.unlink(directory, found.name));
                attempt(() -> volume.rmdir(directory, found.name));
            }
        }
    }
}
