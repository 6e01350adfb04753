package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.FailingFile.Fault;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.SyncErrors;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// A volume in an image file whose disk fails or is full: at every write and every sync of a checkpoint, at every
/// allocation, once and from then on. The checkpoint before stays recoverable (K1 to K6), every handle is told once
/// (W-6), and what failed for want of room succeeds when there is room (W-10, P9).
class VolumeOnFailingDiskTest {
    private static final long SEED = Long.getLong("stele.seed", 20261121);
    private static final int CUTS = 2 * Integer.getInteger("stele.cuts", 1);
    private static final long SIZE_BYTES = 1 << 20;
    private static final OpenOptions OPTIONS = new OpenOptions(false, () -> 1L << 40, false);
    private static final Name OLD = Name.of("old");
    private static final Name NEW = Name.of("new");
    private static final Name DIRECTORY = Name.of("directory");
    private static final int OLD_BYTES = 9000;
    private static final int NEW_BYTES = 30_000;

    private Path directory;
    private int files;

    @BeforeEach
    void makeDirectory() throws IOException {
        Path memory = Path.of("/dev/shm");
        directory = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "stele-test") : Files.createTempDirectory("stele-test");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            for (Path each : left.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(directory);
    }

    /// A volume with a checkpoint of one state, and another state that none has yet.
    private final class Run implements AutoCloseable {
        final FailingFile disk;
        final Volume volume;

        Run() throws IOException {
            Path path = directory.resolve("image" + files++ % 2);
            Files.deleteIfExists(path);
            Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT).close();
            try (Medium fresh = Media.openImage(path, MediumOptions.DEFAULT)) {
                Volume.format(fresh, new FormatOptions("disk", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
            }
            disk = new FailingFile(OwnedFile.open(path, false));
            volume = Volume.open(open(disk), OPTIONS);
            write(volume, OLD, OLD_BYTES, 1);
            volume.sync();
        }

        /// From the first state to the second.
        void change() {
            write(volume, NEW, NEW_BYTES, 2);
            volume.mkdir(volume.root(), DIRECTORY, 0755, 0, 0);
            volume.rename(volume.root(), OLD, volume.lookup(volume.root(), DIRECTORY), OLD, RenameMode.REPLACE);
        }

        @Override
        public void close() {
            disk.heal();
            try {
                volume.close();
            } catch (VolumeException broken) {
                assertEquals(Errno.EIO, broken.errno());
            }
        }
    }

    private static Medium open(BackingFile file) {
        return ImageMedium.open(file, MediumOptions.DEFAULT, "image file", true);
    }

    private static void write(Volume volume, Name name, int byteCount, int value) {
        long file = volume.create(volume.root(), name, 0644, 0, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(byteCount).fill((byte) value);
            assertEquals(byteCount, volume.write(file, 0, bytes, 0, byteCount, Durability.DEFERRED));
        }
    }

    /// @return 1 or 2 for the whole first or second state
    private static int state(Volume volume) {
        long moved = volume.lookup(volume.root(), DIRECTORY);
        if (moved == 0) {
            requireFile(volume, volume.lookup(volume.root(), OLD), OLD_BYTES, 1);
            assertEquals(0, volume.lookup(volume.root(), NEW));
            return 1;
        }
        requireFile(volume, volume.lookup(moved, OLD), OLD_BYTES, 1);
        requireFile(volume, volume.lookup(volume.root(), NEW), NEW_BYTES, 2);
        assertEquals(0, volume.lookup(volume.root(), OLD));
        return 2;
    }

    private static void requireFile(Volume volume, long file, int byteCount, int value) {
        Attributes attributes = new Attributes();
        volume.attributes(file, attributes);
        assertEquals(byteCount, attributes.sizeBytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(byteCount);
            assertEquals(byteCount, volume.read(file, 0, bytes, 0, byteCount));
            assertEquals(-1, bytes.mismatch(arena.allocate(byteCount).fill((byte) value)));
        }
    }

    /// The states found after power cuts now; each volume is whole.
    private List<Integer> statesAfterCuts(Run run, long seed) throws IOException {
        List<Integer> states = new ArrayList<>();
        for (int i = 0; i < CUTS; i++) {
            Path cut = Files.write(directory.resolve("cut"), run.disk.cut(new Random(seed + i)));
            try (Volume volume = Volume.open(Media.openImage(cut, MediumOptions.DEFAULT), OPTIONS)) {
                states.add(state(volume));
            }
            try (Medium medium = Media.openImage(cut, MediumOptions.DEFAULT)) {
                Report report = Check.run(medium);
                assertTrue(report.isClean(), () -> report.obstacle() + report.findings());
            }
        }
        return states;
    }

    @TestFactory
    Stream<DynamicTest> everyCallOfACheckpointFails() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Errno errno : List.of(Errno.EIO, Errno.ENOSPC)) {
            for (boolean forGood : new boolean[] {false, true}) {
                for (boolean isShort : new boolean[] {false, true}) {
                    Fault fault = new Fault(errno, forGood, isShort);
                    tests.add(dynamicTest(fault.toString(), () -> everyCall(fault)));
                }
            }
        }
        return tests.stream();
    }

    private void everyCall(Fault fault) throws IOException {
        int n = 0;
        while (checkpointFails(fault, n)) {
            n++;
        }
        assertTrue(n >= 4, "only " + n + " places to fail in a checkpoint");
    }

    /// @return whether there was an n-th call
    private boolean checkpointFails(Fault fault, int n) throws IOException {
        String context = fault + " at call " + n + ": ";
        try (Run run = new Run()) {
            run.change();
            SyncErrors mine = run.volume.errors();
            SyncErrors another = run.volume.errors();
            long old = run.volume.lookup(run.volume.lookup(run.volume.root(), DIRECTORY), OLD);
            run.volume.pin(old);
            SyncErrors ofFile = run.volume.errorsOf(old);
            run.disk.fail(fault, n);
            VolumeException failure = null;
            try {
                run.volume.sync(mine);
            } catch (VolumeException told) {
                failure = told;
            }
            if (run.disk.struck() == 0) {
                assertNull(failure);
                assertEquals(2, statesAfterCuts(run, SEED).getFirst());
                return false;
            }
            assertTrue(failure != null, context + "the sync says nothing");
            assertTrue(failure.errno() == fault.errno() || failure.errno() == Errno.EIO, failure.getMessage());
            assertFalse(failure.getMessage().contains("\n"));
            statesAfterCuts(run, SEED + n);
            run.disk.heal();
            if (run.disk.hasStruckSync()) {
                requireEnded(run, mine, context);
            } else {
                requireGoesOn(run, another, ofFile, old, context);
            }
            return true;
        }
    }

    /// The kernel may have dropped what it could not write back: nothing is promised any more, and the volume says so.
    private void requireEnded(Run run, SyncErrors mine, String context) throws IOException {
        assertEquals(Errno.EIO,
                assertThrows(VolumeException.class, () -> run.volume.sync(mine), context).errno());
        assertTrue(run.volume.isReadOnly(), context + "nothing can be made durable and the volume takes changes");
        assertFalse(run.volume.damage().contains("\n"));
        assertEquals(Errno.EROFS, assertThrows(VolumeException.class,
                () -> run.volume.create(run.volume.root(), Name.of("later"), 0644, 0, 0)).errno());
        assertEquals(2, state(run.volume));
        statesAfterCuts(run, SEED);
    }

    /// The other handles are told once; then the next sync does all of it.
    private void requireGoesOn(Run run, SyncErrors another, SyncErrors ofFile, long file, String context)
            throws IOException {
        assertEquals(Errno.EIO,
                assertThrows(VolumeException.class, () -> run.volume.sync(another), context).errno());
        run.volume.sync(another);
        assertEquals(Errno.EIO,
                assertThrows(VolumeException.class, () -> run.volume.sync(file, false, ofFile), context).errno());
        run.volume.sync(file, false, ofFile);
        assertFalse(run.volume.isReadOnly());
        statesAfterCuts(run, SEED).forEach(state -> assertEquals(2, state, context + "synced, and lost"));
    }

    /// P9: without room for its bytes a write is refused and changes nothing; with room it succeeds.
    @Test
    void everyAllocationFails() throws IOException {
        for (Errno errno : List.of(Errno.ENOSPC, Errno.EIO)) {
            for (int n = 0; allocationFails(errno, n); n++) {
                assertTrue(n < 1000);
            }
        }
    }

    private boolean allocationFails(Errno errno, int n) throws IOException {
        try (Run run = new Run()) {
            long free = run.volume.statistics().freeBlocks();
            long file = run.volume.create(run.volume.root(), Name.of("victim"), 0644, 0, 0);
            long before = run.volume.statistics().freeBlocks();
            run.disk.fail(new Fault(errno, true, false), n);
            boolean struck;
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(300_000).fill((byte) 3);
                try {
                    run.volume.write(file, 0, bytes, 0, 300_000, Durability.DEFERRED);
                } catch (VolumeException refused) {
                    assertEquals(errno, refused.errno());
                }
                struck = run.disk.struck() > 0;
                run.disk.heal();
                if (struck) {
                    Attributes attributes = new Attributes();
                    run.volume.attributes(file, attributes);
                    assertEquals(0, attributes.sizeBytes);
                    assertEquals(before, run.volume.statistics().freeBlocks());
                }
                assertEquals(300_000, run.volume.write(file, 0, bytes, 0, 300_000, Durability.DSYNC));
            }
            requireFile(run.volume, file, 300_000, 3);
            run.volume.unlink(run.volume.root(), Name.of("victim"));
            run.volume.sync();
            run.volume.sync();
            assertEquals(free, run.volume.statistics().freeBlocks());
            return struck;
        }
    }

    /// Growing, closing and opening fail at each of their calls, and another try finds a whole volume.
    @Test
    void growingClosingAndOpeningFail() throws IOException {
        for (Errno errno : List.of(Errno.EIO, Errno.ENOSPC)) {
            for (int n = 0; growthFails(errno, n) | closingFails(errno, n); n++) {
                assertTrue(n < 1000);
            }
        }
    }

    private boolean growthFails(Errno errno, int n) throws IOException {
        try (Run run = new Run()) {
            run.change();
            run.disk.fail(new Fault(errno, true, false), n);
            try {
                run.volume.grow(2 * SIZE_BYTES);
            } catch (VolumeException failed) {
                assertFalse(failed.getMessage().contains("\n"));
            }
            run.disk.heal();
            assertEquals(2, state(run.volume));
            statesAfterCuts(run, SEED + n);
            return run.disk.struck() > 0;
        }
    }

    private boolean closingFails(Errno errno, int n) throws IOException {
        try (Run run = new Run()) {
            run.change();
            run.disk.fail(new Fault(errno, true, true), n);
            try {
                run.volume.close();
            } catch (VolumeException failed) {
                assertFalse(failed.getMessage().contains("\n"));
            }
            statesAfterCuts(run, SEED + n);
            return run.disk.struck() > 0;
        }
    }
}
