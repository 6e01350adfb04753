package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Entry;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import java.util.HashMap;
import java.util.Map;
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
        assertStale(() -> volume.rename(
                found, before, B, volume.root(), before, A, Volume.RenameMode.REPLACE));
        assertStale(() -> volume.rename(found, before, B, found, before, A, Volume.RenameMode.REPLACE));
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
        volume.rename(d, now, A, volume.root(), now, C, Volume.RenameMode.REPLACE);
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

    /// One whose removal or move does not look like that of `other`.
    private long apartFrom(long other, Name name) {
        for (int i = 0; ; i++) {
            long made = volume.mkdir(volume.root(), name, 0755, 0, 0);
            if (Removals.stripe(made) != Removals.stripe(other)) {
                return made;
            }
            volume.rename(volume.root(), name, volume.root(), Name.of("like the other " + i),
                    Volume.RenameMode.REPLACE);
        }
    }

    @Test
    void aDirectoryRemovedOrMovedElsewhereRefusesNothing() {
        long d = volume.mkdir(volume.root(), A, 0755, 0, 0);
        apartFrom(d, B);
        long before = volume.removals();
        volume.rename(volume.root(), B, volume.root(), C, Volume.RenameMode.REPLACE);
        volume.rmdir(volume.root(), C);
        assertNotEquals(before, volume.removals());
        assertTrue(volume.isSame(d, before));
        assertTrue(volume.isInPlace(d, before));
        long file = volume.createAndPin(d, before, A, 0644, 0, 0);
        volume.unpin(file);
        volume.mkdir(d, before, B, 0755, 0, 0);
        volume.rename(d, before, A, d, before, C, Volume.RenameMode.REPLACE);
        volume.unlink(d, before, C);
        volume.rmdir(d, before, B);
    }

    @Test
    void aDirectoryThatIsMovedIsItselfButNotInPlace() {
        long d = volume.mkdir(volume.root(), A, 0755, 0, 0);
        long before = volume.removals();
        volume.rename(volume.root(), A, volume.root(), B, Volume.RenameMode.REPLACE);
        assertTrue(volume.isSame(d, before));
        assertFalse(volume.isInPlace(d, before));
        assertTrue(volume.isInPlace(d, volume.removals()));
        volume.mkdir(d, before, C, 0755, 0, 0);
    }

    @Test
    void ofTwoThatTakeEachOthersPlaceNeitherIsInPlace() {
        long a = volume.mkdir(volume.root(), A, 0755, 0, 0);
        long b = apartFrom(a, B);
        long before = volume.removals();
        volume.rename(volume.root(), A, volume.root(), B, Volume.RenameMode.EXCHANGE);
        assertFalse(volume.isInPlace(a, before));
        assertFalse(volume.isInPlace(b, before));
        assertTrue(volume.isSame(a, before) && volume.isSame(b, before));
    }

    @Test
    void norIsOneThatTakesAFilesPlace() {
        for (boolean directoryFirst : new boolean[] {true, false}) {
            Name name = Name.of("directory " + directoryFirst);
            long d = volume.mkdir(volume.root(), name, 0755, 0, 0);
            Name other = Name.of("file " + directoryFirst);
            volume.create(volume.root(), other, 0644, 0, 0);
            long before = volume.removals();
            volume.rename(volume.root(), directoryFirst ? name : other, volume.root(), directoryFirst ? other : name,
                    Volume.RenameMode.EXCHANGE);
            assertFalse(volume.isInPlace(d, before));
        }
    }

    @Test
    void ofOneThatReplacesAnotherTheNameHasGoneAndOfTheOtherAll() {
        long moved = volume.mkdir(volume.root(), A, 0755, 0, 0);
        long gone = apartFrom(moved, B);
        long before = volume.removals();
        volume.rename(volume.root(), A, volume.root(), B, Volume.RenameMode.REPLACE);
        assertTrue(volume.isSame(moved, before));
        assertFalse(volume.isInPlace(moved, before));
        assertFalse(volume.isSame(gone, before));
        assertFalse(volume.isInPlace(gone, before));
    }

    /// Of two numbers that look alike to [Removals] the one that is still itself is refused, too: who is refused walks
    /// again, and what he finds then is not.
    @Test
    void whereTwoNumbersLookAlikeTheAnswerIsOnlyTooCareful() {
        Map<Integer, Long> byStripe = new HashMap<>();
        long like = 0;
        long d = 0;
        for (int i = 0; like == 0; i++) {
            d = volume.mkdir(volume.root(), Name.of("d" + i), 0755, 0, 0);
            Long earlier = byStripe.put(Removals.stripe(d), d);
            like = earlier == null ? 0 : earlier;
        }
        long directory = d;
        long before = volume.removals();
        volume.rmdir(volume.root(), nameOf(like));
        assertFalse(volume.isSame(directory, before));
        assertStale(() -> volume.mkdir(directory, before, A, 0755, 0, 0));
        assertEquals(0, volume.lookup(directory, A));
        volume.mkdir(directory, volume.removals(), A, 0755, 0, 0);
    }

    private Name nameOf(long inode) {
        Name[] found = new Name[1];
        volume.readDirectory(volume.root(), 0, (name, each, _, _) -> {
            found[0] = each == inode ? name : found[0];
            return true;
        });
        return found[0];
    }

    @Test
    void aRenameRefusesWhicheverDirectoryIsAnotherByNow() {
        long before = volume.removals();
        long found = volume.mkdir(volume.root(), A, 0755, 0, 0);
        volume.rmdir(volume.root(), A);
        long another = volume.mkdir(volume.root(), B, 0755, 0, 0);
        assertEquals(found, another, "the slot is used again at once, or this shows nothing");
        long now = volume.removals();
        volume.create(volume.root(), C, 0644, 0, 0);
        volume.create(another, C, 0644, 0, 0);
        for (long root : new long[] {now, Volume.PINNED}) {
            assertStale(() -> volume.rename(volume.root(), root, C, found, before, A, Volume.RenameMode.REPLACE));
            assertStale(() -> volume.rename(found, before, C, volume.root(), root, A, Volume.RenameMode.REPLACE));
        }
        assertStale(() -> volume.rename(found, now, C, found, before, A, Volume.RenameMode.REPLACE));
        assertStale(() -> volume.rename(found, before, C, found, now, A, Volume.RenameMode.REPLACE));
        volume.rename(volume.root(), Volume.PINNED, C, another, now, A, Volume.RenameMode.REPLACE);
    }
}
