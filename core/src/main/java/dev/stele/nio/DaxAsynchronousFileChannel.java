package dev.stele.nio;

import dev.stele.error.VolumeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/// An `AsynchronousFileChannel`: each operation runs on the caller's executor, or on a virtual thread of its own.
/// Whatever goes wrong there reaches the future or the handler, errors too, so that nobody waits for ever.
final class DaxAsynchronousFileChannel extends AsynchronousFileChannel {
    private static final Executor VIRTUAL_THREADS = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("stele-channel-", 0).factory());

    private final OpenFile file;
    private final Options.Open how;
    private final Executor executor;
    private volatile boolean closed;

    /// @param executor null for a virtual thread for each operation
    DaxAsynchronousFileChannel(OpenFile file, Options.Open how, Executor executor) {
        this.file = file;
        this.how = how;
        this.executor = executor == null ? VIRTUAL_THREADS : executor;
        file.ownedBy(this);
    }

    private interface Operation<T> {
        T run() throws IOException;
    }

    private <T> T call(Operation<T> operation) throws IOException {
        int ticket = file.gate().enter();
        if (ticket < 0) {
            throw new ClosedChannelException();
        }
        try {
            return operation.run();
        } catch (VolumeException e) {
            throw Failure.onChannel(e, file.path());
        } catch (InternalError fault) {
            throw Failure.onChannel(Failure.lost(fault), file.path());
        } finally {
            file.gate().leave(ticket);
        }
    }

    private <T> Future<T> submit(Operation<T> operation) {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (closed) {
            future.completeExceptionally(new ClosedChannelException());
        } else {
            executor.execute(() -> run(operation, future::complete, future::completeExceptionally));
        }
        return future;
    }

    private <T, A> void submit(Operation<T> operation, A attachment, CompletionHandler<T, ? super A> handler) {
        executor.execute(() -> run(operation,
                result -> handler.completed(result, attachment),
                failure -> handler.failed(failure, attachment)));
    }

    private interface Outcome<T> {
        void accept(T result);
    }

    private <T> void run(Operation<T> operation, Outcome<T> completed, Outcome<Throwable> failed) {
        T result;
        try {
            result = call(operation);
        } catch (ClosedChannelException e) {
            failed.accept(new AsynchronousCloseException());
            return;
        } catch (Throwable e) {
            failed.accept(e);
            return;
        }
        completed.accept(result);
    }

    private void requireReadable() {
        if (!how.read) {
            throw new NonReadableChannelException();
        }
    }

    private void requireWritable() {
        if (!how.write) {
            throw new NonWritableChannelException();
        }
    }

    private static void requireNotNegative(long value, String complaint) {
        if (value < 0) {
            throw new IllegalArgumentException(complaint);
        }
    }

    private Operation<Integer> reading(ByteBuffer target, long offset) {
        requireNotNegative(offset, "Negative position");
        requireReadable();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        return () -> Transfer.read(file, offset, target);
    }

    private Operation<Integer> writing(ByteBuffer source, long offset) {
        requireNotNegative(offset, "Negative position");
        requireWritable();
        Objects.requireNonNull(source);
        return () -> {
            if (!source.hasRemaining()) {
                return 0;
            }
            int written = Transfer.write(source, Transfer.at(file, offset, how.durability));
            file.modified();
            return written;
        };
    }

    @Override
    public Future<Integer> read(ByteBuffer target, long offset) {
        return submit(reading(target, offset));
    }

    @Override
    public <A> void read(ByteBuffer target, long offset, A attachment, CompletionHandler<Integer, ? super A> handler) {
        submit(reading(target, offset), attachment, Objects.requireNonNull(handler, "'handler' is null"));
    }

    @Override
    public Future<Integer> write(ByteBuffer source, long offset) {
        return submit(writing(source, offset));
    }

    @Override
    public <A> void write(ByteBuffer source, long offset, A attachment,
            CompletionHandler<Integer, ? super A> handler) {
        submit(writing(source, offset), attachment, Objects.requireNonNull(handler, "'handler' is null"));
    }

    @Override
    public long size() throws IOException {
        return call(file::size);
    }

    @Override
    public AsynchronousFileChannel truncate(long size) throws IOException {
        requireNotNegative(size, "Negative size");
        requireWritable();
        return call(() -> {
            if (size < file.size()) {
                file.volume().truncate(file.inode(), size);
                file.modified();
            }
            return this;
        });
    }

    @Override
    public void force(boolean metaData) throws IOException {
        call(() -> {
            file.sync(!metaData);
            return null;
        });
    }

    // Locks: nobody ever waits, so a lock is had or refused at once.

    @Override
    public Future<FileLock> lock(long position, long size, boolean shared) {
        CompletableFuture<FileLock> future = new CompletableFuture<>();
        try {
            future.complete(tryLock(position, size, shared));
        } catch (IOException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    @Override
    public <A> void lock(long position, long size, boolean shared, A attachment,
            CompletionHandler<FileLock, ? super A> handler) {
        Objects.requireNonNull(handler, "'handler' is null");
        FileLock lock;
        try {
            lock = tryLock(position, size, shared);
        } catch (IOException e) {
            executor.execute(() -> handler.failed(e, attachment));
            return;
        }
        try {
            executor.execute(() -> handler.completed(lock, attachment));
        } catch (RejectedExecutionException e) {
            // Nobody is told of the lock, so nobody would release it.
            release(lock);
            throw e;
        }
    }

    private static void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException closed) {
            // The channel has taken its locks with it.
        }
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        if (shared) {
            requireReadable();
        } else {
            requireWritable();
        }
        return call(() -> DaxFileLock.acquire(this, file, position, size, shared));
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            file.release();
        } catch (VolumeException e) {
            throw Failure.onChannel(e, file.path());
        }
    }

    @Override
    public String toString() {
        return file.path();
    }
}
