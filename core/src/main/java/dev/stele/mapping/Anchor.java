package dev.stele.mapping;

import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where segments come from: only the JDK can make one that is *mapped* (`isMapped`, `load`, `force`), and only of a
/// file it has opened. This is an empty file of this process, so long that every range fits; all its pages are
/// covered with others before a segment of it is handed out, so it never comes to own memory.
final class Anchor {
    private static final long SIZE_BYTES = 1L << 62;
    private static final Anchor INSTANCE = new Anchor();

    private final int descriptor;
    /// Closed by the interruption of any thread that maps, and then opened again; guarded by this
    private FileChannel channel;

    private Anchor() {
        descriptor = Native.memfd("stele-anchor", 0);
        Native.truncate(descriptor, SIZE_BYTES);
    }

    /// A mapped segment of the arena over pages that must all be replaced.
    ///
    /// @throws IllegalStateException where the arena is closed
    static MemorySegment map(boolean writable, long byteCount, Arena arena) {
        requireMappable(byteCount);
        return INSTANCE.mapThroughInterrupts(writable, byteCount, arena);
    }

    /// @throws VolumeException EINVAL
    static void requireMappable(long byteCount) {
        if (byteCount > SIZE_BYTES) {
            throw new VolumeException(Errno.EINVAL, "a mapping of " + byteCount + " bytes is larger than memory");
        }
    }

    /// An interrupt closes a `FileChannel` under every thread that uses it. A pending one is set aside for the call,
    /// and one that strikes during it is taken as a reason to begin anew.
    private MemorySegment mapThroughInterrupts(boolean writable, long byteCount, Arena arena) {
        FileChannel.MapMode mode = writable ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY;
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    return open().map(mode, 0, byteCount, arena);
                } catch (ClosedChannelException closed) {
                    interrupted |= Thread.interrupted();
                }
            }
        } catch (IOException e) {
            throw new VolumeException(Errno.EIO, "no address space for " + byteCount + " bytes: " + e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized FileChannel open() throws IOException {
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(Path.of("/proc/self/fd/" + descriptor),
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
        return channel;
    }
}
