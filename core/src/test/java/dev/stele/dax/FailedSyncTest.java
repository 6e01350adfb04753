package dev.stele.dax;

import static dev.stele.dax.Pool.PAGE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.dax.TracedMedium.Kind;
import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sync that cannot do all of its work says so, and the work stays to be done.
class FailedSyncTest {
    private static final OpenOptions OPTIONS = new OpenOptions(false, System::nanoTime, false);

    /// C12: the flush fails at its n-th part, for every n, or the drain does: the sync fails as a whole and the next
    /// flushes everything again.
    @Test
    void aSyncIsNeverSilentlyPartial() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 20);
            for (int failing = 0; failing < 11; failing++) {
                int value = 1 + failing;
                for (int page = 0; page < 20; page += 2) {
                    pool.writeLong(file, page * PAGE, value);
                }
                failAt(pool, failing);
                VolumeException failed =
                        assertThrows(VolumeException.class, () -> pool.volume.sync(file, true), "part " + failing);
                assertEquals(Errno.EIO, failed.errno());
                pool.medium.watcher = TracedMedium.NOBODY;
                pool.volume.sync(file, true);
                for (int page = 0; page < 20; page += 2) {
                    assertEquals(value, pool.durable(file, page * PAGE), "part " + failing + " page " + page);
                }
            }
        }
    }

    /// Fails that flush of a file's bytes, the drain behind the tenth.
    private static void failAt(Pool pool, int failing) {
        AtomicInteger parts = new AtomicInteger();
        pool.medium.watcher = (kind, isData, at, byteCount) -> {
            boolean counts = isData && kind == Kind.FLUSH || kind == Kind.DRAIN && parts.get() == 10;
            if (counts && parts.getAndIncrement() == failing) {
                throw new VolumeException(Errno.EIO, "the medium fails");
            }
        };
    }

    /// C12: a sync asks for exactly the lines that were stored to, wherever the blocks stand; none is cut off where
    /// an extent ends.
    @Test
    void scatteredBlocksAreFlushedToTheirLastLine() {
        try (Pool pool = new Pool()) {
            long file = pool.volume.create(pool.volume.root(), Name.of("f"), 0644, 0, 0);
            pool.volume.truncate(file, 16 * PAGE);
            for (int i = 0; i < 16; i++) {
                // every second block before every first one: no two neighbours stand side by side
                pool.write(file, (i < 8 ? 2 * i + 1 : 2 * (i - 8)) * PAGE, (int) PAGE, 1, Durability.DEFERRED);
            }
            pool.volume.sync();
            assertTrue(pool.volume.extents(file, 0, 16 * PAGE).size() > 8);
            pool.write(file, 0, 16 * (int) PAGE, 2, Durability.DEFERRED);
            Set<Long> flushed = new TreeSet<>();
            pool.medium.watcher = (kind, isData, at, byteCount) -> {
                for (long line = at >>> 6; isData && kind == Kind.FLUSH && line << 6 < at + byteCount; line++) {
                    flushed.add(line);
                }
            };
            pool.volume.sync(file, true);
            Set<Long> owned = new TreeSet<>();
            pool.volume.extents(file, 0, 16 * PAGE).forEach(each -> {
                for (long line = 0; line < each.byteCount() >>> 6; line++) {
                    owned.add((each.mediumOffset() >>> 6) + line);
                }
            });
            assertEquals(owned, flushed);
        }
    }

    /// W-10, P-7: a volume that has turned read-only because of damage still makes durable what was stored, and says
    /// that it is not as it should be.
    @Test
    void aVolumeThatTurnedReadOnlyFlushesAndFails() {
        try (Pool pool = new Pool()) {
            long file = pool.file("f", 8);
            long victim = Damage.prepare(pool);
            pool.map(file, 0, 8, MapMode.READ_WRITE).set(JAVA_LONG, 2 * PAGE, 22);
            pool.writeLong(file, 4 * PAGE, 44);
            Damage.turnReadOnly(pool, victim);
            VolumeException refused = assertThrows(VolumeException.class, () -> pool.volume.sync(file, false));
            assertEquals(Errno.EIO, refused.errno());
            assertEquals(22, pool.durable(file, 2 * PAGE));
            assertEquals(44, pool.durable(file, 4 * PAGE));
            assertThrows(VolumeException.class, pool.volume::sync);
        }
    }

    /// W-10 on an image file: no checkpoint any more, which would save what is damaged; but the bytes of files are
    /// forced.
    @Test
    void anImageThatIsDamagedIsForcedAndFails(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("image");
        Media.create(path, 16 << 20, MediumOptions.DEFAULT).close();
        Medium fresh = Media.openImage(path, MediumOptions.DEFAULT);
        Volume.format(fresh, new FormatOptions("rules", new UUID(1, 2), 3, 4, 0, 0, 0, 1));
        long file;
        long victim;
        try (Volume volume = Volume.open(fresh, OPTIONS)) {
            file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
            victim = volume.create(volume.root(), Name.of("victim"), 0644, 0, 0);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0x7F}), victim * 256 + 8);
        }
        ForcedImage image = new ForcedImage(Media.openImage(path, MediumOptions.DEFAULT));
        try (Volume volume = Volume.open(image, OPTIONS); Arena arena = Arena.ofConfined()) {
            volume.map(file, 0, PAGE, MapMode.READ_WRITE, arena).set(JAVA_LONG, 0, 42);
            volume.sync();
            int checkpoints = image.checkpoints;
            assertThrows(CorruptionException.class, () -> volume.truncate(victim, 5));
            long at = volume.extents(file, 0, 8).getFirst().mediumOffset();
            for (Runnable sync : new Runnable[] {() -> volume.sync(file, true), volume::sync}) {
                image.forcedBytes = 0;
                assertEquals(Errno.EIO, assertThrows(VolumeException.class, sync::run).errno());
                assertTrue(image.forcedAt <= at && image.forcedAt + image.forcedBytes >= at + PAGE);
            }
            assertEquals(checkpoints, image.checkpoints);
        }
    }
}
