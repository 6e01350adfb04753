package dev.stele.nio;

import static dev.stele.nio.Home.bytes;
import static dev.stele.nio.Home.write;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// `AsynchronousFileChannel`.
@ParameterizedClass
@EnumSource(Home.class)
@Timeout(300)
class AsynchronousChannelContractTest extends ContractTest {

    private AsynchronousFileChannel open(String name) throws IOException {
        return AsynchronousFileChannel.open(dir.resolve(name), CREATE, READ, WRITE);
    }

    private static final class Result<T> extends CompletableFuture<T> implements CompletionHandler<T, Result<T>> {
        private static final long serialVersionUID = 1L;

        @Override
        public void completed(T result, Result<T> attachment) {
            attachment.complete(result);
        }

        @Override
        public void failed(Throwable failure, Result<T> attachment) {
            attachment.completeExceptionally(failure);
        }

        static <T> T of(java.util.concurrent.Future<T> future) throws Exception {
            return future.get(120, TimeUnit.SECONDS);
        }
    }

    private static void assertFails(Class<? extends Throwable> type, java.util.concurrent.Future<?> future) {
        Throwable cause = assertThrows(ExecutionException.class, () -> Result.of(future)).getCause();
        assertInstanceOf(type, cause);
    }

    @Test
    void writesAndReadsByFuture() throws Exception {
        try (AsynchronousFileChannel channel = open("file")) {
            assertEquals(100_000, Result.of(channel.write(ByteBuffer.wrap(bytes(100_000)), 50)));
            assertEquals(100_050, channel.size());
            ByteBuffer target = ByteBuffer.allocateDirect(200_000);
            assertEquals(100_000, Result.of(channel.read(target, 50)));
            byte[] got = new byte[100_000];
            target.flip().get(got);
            assertArrayEquals(bytes(100_000), got);
            assertEquals(-1, Result.of(channel.read(ByteBuffer.allocate(1), 100_050)));
            channel.force(true);
            channel.truncate(10);
            assertEquals(10, channel.size());
            assertEquals(0, Result.of(channel.read(ByteBuffer.allocate(0), 0)));
            assertEquals(0, Result.of(channel.write(ByteBuffer.allocate(0), 0)));
        }
    }

    @Test
    void writesAndReadsByHandler() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (executor; AsynchronousFileChannel channel = AsynchronousFileChannel.open(
                dir.resolve("file"), Set.of(CREATE, READ, WRITE), executor)) {
            Result<Integer> written = new Result<>();
            channel.write(ByteBuffer.wrap(bytes(10)), 0, written, written);
            assertEquals(10, Result.of(written));
            Result<Integer> read = new Result<>();
            ByteBuffer target = ByteBuffer.allocate(10);
            channel.read(target, 0, read, read);
            assertEquals(10, Result.of(read));
            assertArrayEquals(bytes(10), target.array());
        }
    }

    @Test
    void opensAsAsked() throws Exception {
        Path file = write(dir.resolve("file"), "x");
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file)) {
            assertThrows(NonWritableChannelException.class, () -> channel.write(ByteBuffer.allocate(1), 0));
            assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
            assertThrows(IllegalArgumentException.class, () -> channel.read(ByteBuffer.allocate(1), -1));
            assertThrows(IllegalArgumentException.class,
                    () -> channel.read(ByteBuffer.allocate(1).asReadOnlyBuffer(), 0));
        }
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file, WRITE)) {
            assertThrows(NonReadableChannelException.class, () -> channel.read(ByteBuffer.allocate(1), 0));
        }
        assertThrows(UnsupportedOperationException.class, () -> AsynchronousFileChannel.open(file, WRITE, APPEND));
        assertThrows(NoSuchFileException.class, () -> AsynchronousFileChannel.open(dir.resolve("none")));
    }

    @Test
    void locks() throws Exception {
        try (AsynchronousFileChannel one = open("file"); AsynchronousFileChannel two = open("file")) {
            FileLock lock = Result.of(one.lock());
            assertTrue(lock.isValid());
            assertThrows(OverlappingFileLockException.class, two::tryLock);
            assertThrows(OverlappingFileLockException.class, two::lock);
            lock.release();
            assertFalse(lock.isValid());
            Result<FileLock> handled = new Result<>();
            two.lock(10, 20, true, handled, handled);
            assertTrue(Result.of(handled).isShared());
            two.close();
            assertFalse(handled.get().isValid());
            assertTrue(one.tryLock().isValid());
        }
    }

    @Test
    void aLockThatNobodyCanBeToldOfIsNotHeld() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        executor.shutdown();
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(
                dir.resolve("file"), Set.of(CREATE, READ, WRITE), executor)) {
            Result<FileLock> result = new Result<>();
            assertThrows(RejectedExecutionException.class, () -> channel.lock(0, 10, false, result, result));
            assertTrue(channel.tryLock(0, 10, false).isValid());
        }
    }

    @Test
    void aClosedChannelFails() throws Exception {
        AsynchronousFileChannel channel = open("file");
        channel.close();
        channel.close();
        assertFalse(channel.isOpen());
        assertFails(ClosedChannelException.class, channel.read(ByteBuffer.allocate(1), 0));
        assertFails(ClosedChannelException.class, channel.write(ByteBuffer.allocate(1), 0));
        assertFails(ClosedChannelException.class, channel.lock());
        assertThrows(ClosedChannelException.class, channel::size);
        assertThrows(ClosedChannelException.class, () -> channel.force(true));
        assertThrows(ClosedChannelException.class, () -> channel.truncate(0));
        assertThrows(ClosedChannelException.class, channel::tryLock);
        Result<Integer> read = new Result<>();
        channel.read(ByteBuffer.allocate(1), 0, read, read);
        assertFails(ClosedChannelException.class, read);
    }
}
