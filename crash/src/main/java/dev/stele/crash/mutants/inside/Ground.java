package dev.stele.crash.mutants.inside;

import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// An open volume and what acts of a [Play] do to files in its root: each time the same.
final class Ground {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    final Volume volume;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 64);
    private final List<Long> pinned = new ArrayList<>();
    private final List<MemorySegment> mappings = new ArrayList<>();
    private int stores;

    Ground(Volume volume) {
        this.volume = volume;
    }

    long inode(String name) {
        return volume.lookup(volume.root(), Name.of(name));
    }

    /// Bytes that no store before had, none of them zero.
    private void fresh(int byteCount) {
        stores++;
        for (int at = 0; at < byteCount; at += 8) {
            buffer.set(ValueLayout.JAVA_LONG, at, stores * FACTOR * (at + 1) | 0x0101_0101_0101_0101L);
        }
    }

    void create(String name) {
        volume.create(volume.root(), Name.of(name), 0644, 1, 2);
    }

    void unlink(String name) {
        volume.unlink(volume.root(), Name.of(name));
    }

    void rename(String from, String to) {
        volume.rename(volume.root(), Name.of(from), volume.root(), Name.of(to), Volume.RenameMode.REPLACE);
    }

    void append(String name, int byteCount) {
        fresh(byteCount);
        volume.append(inode(name), buffer, 0, byteCount, Durability.DEFERRED);
    }

    void write(String name, long offset, int byteCount, Durability durability) {
        fresh(byteCount);
        volume.write(inode(name), offset, buffer, 0, byteCount, durability);
    }

    /// Removes the only name of a file that stays open.
    void orphan(String name) {
        long inode = inode(name);
        volume.pin(inode);
        pinned.add(inode);
        unlink(name);
    }

    void closeOrphans() {
        pinned.forEach(volume::unpin);
        pinned.clear();
    }

    /// Maps a file for as long as the program runs.
    void map(String name, long offset, long byteCount) {
        mappings.add(volume.map(inode(name), offset, byteCount, Volume.MapMode.READ_WRITE, Arena.ofAuto()));
    }

    /// Maps a file while something is done.
    void mapFor(String name, long offset, long byteCount, Runnable use) {
        try (Arena arena = Arena.ofShared()) {
            mappings.add(volume.map(inode(name), offset, byteCount, Volume.MapMode.READ_WRITE, arena));
            use.run();
            mappings.removeLast();
        }
    }

    /// Maps a file for as long as the program runs, and does not store there.
    void mapToRead(String name, long byteCount) {
        mappings.add(volume.map(inode(name), 0, byteCount, Volume.MapMode.READ_ONLY, Arena.ofAuto()));
    }

    long size(String name) {
        Attributes attributes = new Attributes();
        volume.attributes(inode(name), attributes);
        return attributes.sizeBytes;
    }

    MemorySegment mapping() {
        return mappings.getLast();
    }

    /// Stores through the mapping made last.
    void storeMapped(long at, int byteCount) {
        fresh(byteCount);
        MemorySegment.copy(buffer, 0, mappings.getLast(), at, byteCount);
    }
}
