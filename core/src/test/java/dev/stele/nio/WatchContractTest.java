package dev.stele.nio;

import static dev.stele.nio.Home.write;
import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// `WatchService`: what was done to the entries of a directory is told, at least what matters of it.
@ParameterizedClass
@EnumSource(Home.class)
@Timeout(300)
class WatchContractTest extends ContractTest {
    private static final long PATIENCE_SECONDS = 120;

    private WatchService watcher;

    @BeforeEach
    void openWatcher() throws IOException {
        watcher = dir.getFileSystem().newWatchService();
    }

    @AfterEach
    void closeWatcher() throws IOException {
        watcher.close();
    }

    /// Takes events until `last` has come; each as `kind name`.
    private List<String> eventsUntil(String last) throws InterruptedException {
        List<String> events = new ArrayList<>();
        while (!events.contains(last)) {
            WatchKey key = watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertNotNull(key, () -> "waiting for " + last + ", got " + events);
            for (WatchEvent<?> event : key.pollEvents()) {
                events.add(event.kind().name() + " " + event.context());
            }
            key.reset();
        }
        return events;
    }

    @Test
    void tellsWhatIsCreatedDeletedAndModified() throws Exception {
        WatchKey key = dir.register(watcher, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
        assertEquals(dir, key.watchable());
        assertTrue(key.isValid());
        assertNull(watcher.poll());
        Path file = dir.resolve("file");
        Files.createFile(file);
        eventsUntil("ENTRY_CREATE file");
        write(file, "x");
        eventsUntil("ENTRY_MODIFY file");
        Files.setAttribute(file, "unix:mode", 0600);
        eventsUntil("ENTRY_MODIFY file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(10), 100);
            eventsUntil("ENTRY_MODIFY file");
            channel.truncate(0);
            eventsUntil("ENTRY_MODIFY file");
        }
        Files.createDirectory(dir.resolve("sub"));
        eventsUntil("ENTRY_CREATE sub");
        Files.createSymbolicLink(dir.resolve("symbolic"), file);
        eventsUntil("ENTRY_CREATE symbolic");
        Files.createLink(dir.resolve("hard"), file);
        eventsUntil("ENTRY_CREATE hard");
        Files.copy(file, dir.resolve("copy"));
        eventsUntil("ENTRY_CREATE copy");
        Files.move(file, dir.resolve("moved"));
        assertTrue(eventsUntil("ENTRY_CREATE moved").contains("ENTRY_DELETE file"));
        Files.delete(dir.resolve("sub"));
        eventsUntil("ENTRY_DELETE sub");
        Files.delete(dir.resolve("moved"));
        eventsUntil("ENTRY_DELETE moved");
    }

    @Test
    void tellsOnlyWhatWasAskedFor() throws Exception {
        dir.register(watcher, ENTRY_DELETE);
        Path file = write(dir.resolve("file"), "x");
        Files.delete(file);
        assertEquals(List.of("ENTRY_DELETE file"), eventsUntil("ENTRY_DELETE file"));
        WatchKey first = dir.register(watcher, ENTRY_CREATE);
        assertSame(first, dir.register(watcher, ENTRY_CREATE));
        write(file, "x");
        assertEquals(List.of("ENTRY_CREATE file"), eventsUntil("ENTRY_CREATE file"));
    }

    @Test
    void aKeyIsQueuedAgainOnlyAfterReset() throws Exception {
        WatchKey key = dir.register(watcher, ENTRY_CREATE);
        write(dir.resolve("one"), "x");
        assertSame(key, watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        write(dir.resolve("two"), "x");
        assertNull(watcher.poll(50, TimeUnit.MILLISECONDS));
        assertTrue(key.reset());
        assertSame(key, watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(2, key.pollEvents().size());
        assertEquals(List.of(), key.pollEvents());
        assertTrue(key.reset());
        assertNull(watcher.poll(50, TimeUnit.MILLISECONDS));
    }

    @Test
    void tooManyEventsOverflow() throws Exception {
        Path other = Files.createDirectory(dir.resolve("other"));
        WatchKey key = dir.register(watcher, ENTRY_CREATE);
        WatchKey last = other.register(watcher, ENTRY_CREATE);
        for (int i = 0; i < 2000; i++) {
            Files.createFile(dir.resolve("file-" + i));
        }
        // What is told of it is told after all of the others.
        Files.createFile(other.resolve("last"));
        assertSame(key, watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertSame(last, watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        List<WatchEvent<?>> events = key.pollEvents();
        assertTrue(events.stream().anyMatch(event -> event.kind() == OVERFLOW));
        assertTrue(events.size() <= 512);
    }

    @Test
    void aDeletedDirectoryEndsItsKey() throws Exception {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        WatchKey key = sub.register(watcher, ENTRY_CREATE);
        Files.delete(sub);
        assertSame(key, watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertFalse(key.isValid());
        assertFalse(key.reset());
    }

    @Test
    void theKeyOfADeletedDirectoryIsNotKept() throws Exception {
        WeakReference<WatchKey> key = keyOfADeletedDirectory();
        for (int i = 0; i < 1_000 && !key.refersTo(null); i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertTrue(key.refersTo(null));
    }

    private WeakReference<WatchKey> keyOfADeletedDirectory() throws Exception {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        WeakReference<WatchKey> key = new WeakReference<>(sub.register(watcher, ENTRY_CREATE));
        Files.delete(sub);
        assertTrue(key.refersTo(watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)));
        return key;
    }

    @Test
    void aCancelledKeyIsSilent() throws Exception {
        WatchKey key = dir.register(watcher, ENTRY_CREATE);
        key.cancel();
        assertFalse(key.isValid());
        assertFalse(key.reset());
        write(dir.resolve("file"), "x");
        assertNull(watcher.poll(50, TimeUnit.MILLISECONDS));
        WatchKey again = dir.register(watcher, ENTRY_CREATE);
        write(dir.resolve("other"), "x");
        assertSame(again, watcher.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void registrationsThatCannotBe() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        assertThrows(NotDirectoryException.class, () -> file.register(watcher, ENTRY_CREATE));
        assertThrows(NoSuchFileException.class, () -> dir.resolve("none").register(watcher, ENTRY_CREATE));
        assertThrows(IllegalArgumentException.class, () -> dir.register(watcher));
        assertThrows(NullPointerException.class, () -> dir.register(null, ENTRY_CREATE));
        assertThrows(ProviderMismatchException.class, () -> dir.register(new OtherWatchService(), ENTRY_CREATE));
    }

    private static final class OtherWatchService implements WatchService {
        @Override
        public void close() {
        }

        @Override
        public WatchKey poll() {
            return null;
        }

        @Override
        public WatchKey poll(long timeout, TimeUnit unit) {
            return null;
        }

        @Override
        public WatchKey take() {
            return null;
        }
    }

    @Test
    void closingWakesWhoWaits() throws Exception {
        WatchKey key = dir.register(watcher, ENTRY_CREATE);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                watcher.take();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        Thread.sleep(50);
        watcher.close();
        waiter.join();
        assertSame(ClosedWatchServiceException.class, failure.get().getClass());
        assertFalse(key.isValid());
        assertThrows(ClosedWatchServiceException.class, () -> watcher.poll());
        assertThrows(ClosedWatchServiceException.class, () -> dir.register(watcher, ENTRY_CREATE));
    }
}
