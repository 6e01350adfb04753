package dev.stele.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/// Copies between a channel of ours and any other: from medium to medium where both are of one volume, else through one
/// buffer of its own, since the other end may keep what it is given.
final class ChannelCopy {
    private static final int SMALL_BYTES = 32 << 10;
    private static final int PIECE_BYTES = 256 << 10;

    private final long count;
    private long done;

    ChannelCopy(long count) {
        this.count = count;
    }

    /// @return bytes copied
    long to(DaxFileChannel source, long offset, WritableByteChannel target) throws IOException {
        if (target instanceof DaxFileChannel that) {
            synchronized (that.positionLock()) {
                long at = that.position();
                long copied = source.copyWithin(offset, that, at, count);
                if (copied < 0) {
                    return pumpTo(source, offset, that);
                }
                that.position(at + copied);
                return copied;
            }
        }
        return pumpTo(source, offset, target);
    }

    private long pumpTo(DaxFileChannel source, long offset, WritableByteChannel target) throws IOException {
        return pump(buffer -> source.read(buffer, offset + done), target::write);
    }

    /// @return bytes copied
    long from(ReadableByteChannel source, DaxFileChannel target, long offset) throws IOException {
        if (source instanceof DaxFileChannel that) {
            synchronized (that.positionLock()) {
                long at = that.position();
                // What the file has now: were it the target's too, the copy would never come to the end.
                long available = Math.max(0, that.size() - at);
                return new ChannelCopy(Math.min(count, available)).fromFile(that, at, target, offset);
            }
        }
        return pumpFrom(source, target, offset);
    }

    private long fromFile(DaxFileChannel source, long at, DaxFileChannel target, long offset) throws IOException {
        long copied = source.copyWithin(at, target, offset, count);
        if (copied < 0) {
            return pumpFrom(source, target, offset);
        }
        source.position(at + copied);
        return copied;
    }

    private long pumpFrom(ReadableByteChannel source, DaxFileChannel target, long offset) throws IOException {
        return pump(source::read, buffer -> target.write(buffer, offset + done));
    }

    private interface End {
        int move(ByteBuffer buffer) throws IOException;
    }

    /// Ends early where the source has no more for now or the target takes no more.
    private long pump(End source, End target) throws IOException {
        ByteBuffer buffer = allocate();
        try {
            while (done < count) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), count - done));
                int read = source.move(buffer);
                if (read <= 0) {
                    break;
                }
                int written = target.move(buffer.flip());
                done += written;
                if (written < read) {
                    break;
                }
            }
        } catch (IOException e) {
            // What went through went through; the failure comes again at the next call.
            if (done == 0) {
                throw e;
            }
        }
        return done;
    }

    private ByteBuffer allocate() {
        return count <= SMALL_BYTES ? ByteBuffer.allocate((int) count) : ByteBuffer.allocateDirect(PIECE_BYTES);
    }
}
