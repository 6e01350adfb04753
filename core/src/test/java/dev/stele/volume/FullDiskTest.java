package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stele.check.Check;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An image file on a file system that is really full (P9, W-10): a small tmpfs of its own, where one may be mounted.
class FullDiskTest {
    private static final OpenOptions OPTIONS = new OpenOptions(false, () -> 7, false);
    private static final int SIZE_BYTES = 2 << 20;

    @TempDir
    Path directory;
    private boolean isMounted;

    @BeforeEach
    void mount() throws Exception {
        isMounted = run("mount", "-t", "tmpfs", "-o", "size=3m", "none", directory.toString());
        assumeTrue(isMounted, "a tmpfs of its own cannot be mounted here: that needs root and CAP_SYS_ADMIN");
    }

    @AfterEach
    void unmount() throws Exception {
        assertTrue(!isMounted || run("umount", directory.toString()));
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    @Test
    void aCheckpointThatDoesNotFitLeavesTheOneBeforeAndSucceedsLater() throws IOException {
        Path image = directory.resolve("image");
        Path other = directory.resolve("other");
        Media.create(image, SIZE_BYTES, MediumOptions.DEFAULT).close();
        try (Medium fresh = Media.openImage(image, MediumOptions.DEFAULT)) {
            Volume.format(fresh, new FormatOptions("full", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        }
        Name first = Name.of("first");
        Name second = Name.of("second");
        try (Volume volume = Volume.open(Media.openImage(image, MediumOptions.DEFAULT), OPTIONS)) {
            write(volume, first);
            volume.sync();
            write(volume, second);
            fill(other);
            VolumeException full = assertThrows(VolumeException.class, volume::sync);
            assertEquals(Errno.ENOSPC, full.errno());
            assertTrue(full.getMessage().contains("the file system that holds the volume's file"), full.getMessage());
            assertFalse(volume.isReadOnly());
            assertThrows(VolumeException.class, volume::sync);
            Path copy = Files.copy(image, Files.createTempDirectory("stele-test").resolve("copy"));
            try (Volume left = Volume.open(Media.openImage(copy, MediumOptions.DEFAULT), OPTIONS)) {
                assertTrue(left.lookup(left.root(), first) != 0);
                assertEquals(0, left.lookup(left.root(), second));
            }
            Files.delete(copy);
            Files.delete(copy.getParent());
            Files.delete(other);
            volume.sync();
        }
        try (Medium medium = Media.openImage(image, MediumOptions.DEFAULT)) {
            assertTrue(Check.run(medium).isClean());
        }
        try (Volume volume = Volume.open(Media.openImage(image, MediumOptions.DEFAULT), OPTIONS)) {
            assertTrue(volume.lookup(volume.root(), second) != 0);
        }
    }

    private static void write(Volume volume, Name name) {
        long file = volume.create(volume.root(), name, 0644, 0, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(20_000).fill((byte) 5);
            assertEquals(20_000, volume.write(file, 0, bytes, 0, 20_000, Durability.DEFERRED));
        }
    }

    /// Takes what is left of the file system.
    private static void fill(Path other) throws IOException {
        try (OutputStream out = Files.newOutputStream(other)) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertTrue(Files.size(other) > 0);
        }
    }
}
