package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Name;
import dev.stele.volume.Volume.RenameMode;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Two threads whose operations want the locks of the same inodes, over and over: an ancestor's comes before those of
/// what is below it, and a directory's before a file's.
class LockOrderTest {
    private static final int ROUNDS = 20_000;
    private static final long PATIENCE_MILLIS = 30_000;

    private interface Step {
        void run();
    }

    private static void sideBySide(Ground ground, Step one, Step other) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] threads = {repeat(one, failure), repeat(other, failure)};
        for (Thread each : threads) {
            each.join(PATIENCE_MILLIS);
            assertFalse(each.isAlive(), "they wait for each other");
        }
        assertNull(failure.get());
        Report report = Check.run(ground.medium);
        assertTrue(report.isClean(), () -> report.findings().toString());
    }

    private static Thread repeat(Step step, AtomicReference<Throwable> failure) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                for (int i = 0; i < ROUNDS; i++) {
                    step.run();
                }
            } catch (Throwable unexpected) {
                failure.set(unexpected);
            }
        });
    }

    private static void refused(Errno errno, Step step) {
        assertEquals(errno, assertThrows(VolumeException.class, step::run).errno());
    }

    @Test
    void aDirectoryIsRenamedOverOneAboveIt() throws InterruptedException {
        try (Ground ground = new Ground()) {
            ground.mkdir("a");
            ground.mkdir("a/b");
            ground.mkdir("a/b/moved");
            sideBySide(ground, () -> refused(Errno.ENOTEMPTY, () -> ground.rename("a/b/moved", "a")),
                    () -> refused(Errno.ENOTEMPTY, () -> ground.rmdir("a/b")));
        }
    }

    @Test
    void aFileIsExchangedForADirectoryThatHoldsALinkToIt() throws InterruptedException {
        try (Ground ground = new Ground()) {
            ground.create("file");
            ground.mkdir("directory");
            long file = ground.at("file");
            long directory = ground.at("directory");
            assertTrue(file < directory, "by number the file would be the first");
            sideBySide(ground, () -> ground.rename("file", "directory", RenameMode.EXCHANGE), () -> {
                ground.volume.link(file, directory, Name.of("link"));
                ground.volume.unlink(directory, Name.of("link"));
            });
        }
    }
}
