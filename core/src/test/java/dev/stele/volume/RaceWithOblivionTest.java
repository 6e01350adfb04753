package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What is known of an inode in memory is dropped while somebody is about to use it, because others ask for many more.
class RaceWithOblivionTest {
    private static final long MILLIS = 3_000;
    /// More than a record of the smallest journal can free.
    private static final long EXTENTS = 400;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    private Thread start(Runnable work) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!ended.get()) {
                    work.run();
                }
            } catch (Throwable unexpected) {
                failure.compareAndSet(null, unexpected);
                ended.set(true);
            }
        });
    }

    @Test
    void aDirectoryIsListed() throws InterruptedException {
        MemoryMedium medium = MemoryMedium.create(32 << 20);
        Volume.format(medium, new FormatOptions("", new UUID(1, 2), 3, 4, 0, 1, 2, 5));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 7, false))) {
            long directory = volume.mkdir(volume.root(), Name.of("d"), 0755, 1, 2);
            volume.create(directory, Name.of("f"), 0644, 1, 2);
            Thread lister = start(() -> {
                int[] count = new int[1];
                volume.readDirectory(directory, 0, (name, inode, type, cookie) -> ++count[0] > 0);
                assertEquals(1, count[0]);
            });
            Thread asker = start(() -> askForMany(volume));
            lister.join(MILLIS);
            ended.set(true);
            lister.join();
            asker.join();
            assertNull(failure.get());
        }
    }

    /// A big file whose name goes is given back by whoever removed the name, unless somebody who has it by number was
    /// there first.
    @Test
    void anOrphanIsPinnedAndLetGoBeforeItIsGivenBack() throws InterruptedException {
        MemoryMedium medium = MemoryMedium.create(8 << 20);
        Volume.format(medium, new FormatOptions("", new UUID(1, 2), 3, 4, 16, 1, 2, 5));
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> 7, false))) {
            AtomicLong file = new AtomicLong(volume.root());
            Thread holder = start(() -> {
                long inode = file.get();
                try {
                    volume.pin(inode);
                    volume.unpin(inode);
                } catch (VolumeException gone) {
                    assertEquals(Errno.ESTALE, gone.errno());
                }
            });
            long end = System.nanoTime() + MILLIS * 1_000_000;
            while (System.nanoTime() < end && !ended.get()) {
                long made = volume.create(volume.root(), Name.of("f"), 0644, 1, 2);
                for (long at = 0; at < EXTENTS * 8192; at += 8192) {
                    volume.allocate(made, at, 4096, false);
                }
                file.set(made);
                volume.unlink(volume.root(), Name.of("f"));
            }
            ended.set(true);
            holder.join();
            assertNull(failure.get());
        }
    }

    private static void askForMany(Volume volume) {
        Attributes attributes = new Attributes();
        for (long inode = 16L * 1024; inode < 16L * 8000; inode++) {
            try {
                volume.attributes(inode, attributes);
            } catch (VolumeException free) {
                assertEquals(Errno.ESTALE, free.errno());
            }
        }
    }
}
