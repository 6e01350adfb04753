package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Entry;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// A directory's number that a walk found is another's once the directory was removed, and elsewhere once it was moved:
/// [Volume#removals()] tells.
class RemovalsTest {
    private static final Name A = Name.of("a");
    private static final Name B = Name.of("b");
    private static final Name C = Name.of("c");

    private final AtomicLong clock = new AtomicLong(1_000_000_000L);
    private Volume volume;

    @BeforeEach
    void open() {
        Medium medium = MemoryMedium.createAsPmem(32 << 20);
        Volume.format(medium, new FormatOptions("test", new UUID(1, 2), 3, 4, 0, 1000, 1000, 1));
        volume = Volume.open(medium, new OpenOptions(false, clock::incrementAndGet, false));
    }

    @AfterEach
    void close() {
        volume.close();
    }

    private static void assertStale(Executable operation) {
        assertEquals(Errno.ESTALE, assertThrows(VolumeException.class, operation).errno());
    }

    @Test
    void aNumberThatIsAnotherDirectorysByNowIsRefused() {
        long before = volume.removals();
        long found = volume.mkdir(volume.root(), A, 0755, 0, 0);
        volume.rmdir(volume.root(), A);
        long another = volume.mkdir(volume.root(), B, 0755, 0, 0);
        assertEquals(found, another, "the slot is used again at once, or this shows nothing");
        volume.create(another, B, 0644, 0, 0);
        volume.mkdir(another, C, 0755, 0, 0);
        assertStale(() -> volume.createAndPin(found, before, A, 0644, 0, 0));
        assertStale(() -> volume.mkdir(found, before, A, 0755, 0, 0));
        assertStale(() -> volume.unlink(found, before, B));
        assertStale(() -> volume.rmdir(found, before, C));
        assertStale(() -> volume.rename(found, B, volume.root(), A, Volume.RenameMode.REPLACE, before));
        assertStale(() -> volume.rename(found, B, found, A, Volume.RenameMode.REPLACE, before));
        assertEquals(0, volume.lookup(another, A), "nothing was made in the other directory");
        assertNotEquals(0, volume.lookup(another, B), "nor removed from it");
    }

    @Test
    void aDirectoryThatARenameReplacesCountsAndAFileDoesNot() {
        volume.create(volume.root(), A, 0644, 0, 0);
        volume.create(volume.root(), B, 0644, 0, 0);
        long before = volume.removals();
        volume.rename(volume.root(), A, volume.root(), B, Volume.RenameMode.REPLACE);
        volume.unlink(volume.root(), B);
        assertEquals(before, volume.removals());
        volume.mkdir(volume.root(), A, 0755, 0, 0);
        volume.mkdir(volume.root(), B, 0755, 0, 0);
        volume.rename(volume.root(), A, volume.root(), B, Volume.RenameMode.REPLACE);
        assertNotEquals(before, volume.removals());
    }

    @Test
    void aDirectoryThatIsMovedCountsAndAFileDoesNot() {
        volume.mkdir(volume.root(), A, 0755, 0, 0);
        volume.create(volume.root(), B, 0644, 0, 0);
        long before = volume.removals();
        volume.rename(volume.root(), B, volume.root(), C, Volume.RenameMode.REPLACE);
        assertEquals(before, volume.removals());
        volume.rename(volume.root(), A, volume.root(), B, Volume.RenameMode.REPLACE);
        long moved = volume.removals();
        assertNotEquals(before, moved);
        volume.rename(volume.root(), B, volume.root(), C, Volume.RenameMode.EXCHANGE);
        assertNotEquals(moved, volume.removals());
    }

    @Test
    void filesThatTakeEachOthersPlaceDoNotCount() {
        volume.create(volume.root(), A, 0644, 0, 0);
        volume.create(volume.root(), B, 0644, 0, 0);
        long before = volume.removals();
        volume.rename(volume.root(), A, volume.root(), B, Volume.RenameMode.EXCHANGE);
        assertEquals(before, volume.removals());
    }

    @Test
    void whereNoneWasRemovedOperationsDoWhatTheyDo() {
        long d = volume.mkdir(volume.root(), A, 0755, 0, 0);
        long now = volume.removals();
        long file = volume.createAndPin(d, now, A, 0640, 7, 8);
        volume.mkdir(d, now, B, 0755, 0, 0);
        volume.rename(d, A, volume.root(), C, Volume.RenameMode.REPLACE, now);
        volume.rmdir(d, now, B);
        Entry entry = new Entry();
        assertEquals(true, volume.lookup(volume.root(), C, entry));
        assertEquals(file, entry.inode);
        assertEquals(FileType.REGULAR.number(), entry.type);
        volume.unlink(volume.root(), volume.removals(), C);
        Attributes attributes = new Attributes();
        volume.attributes(file, attributes);
        assertEquals(0, attributes.linkCount, "it was pinned when it was created, and outlives its name");
        volume.unpin(file);
        assertStale(() -> volume.attributes(file, attributes));
    }
}
