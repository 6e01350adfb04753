package dev.stele.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An ext4 file system on a loop device over a file on tmpfs: the same memory as everybody else's, with a real journal.
/// Needs root. Closing it undoes as much as was done, also while [#mount] is still at it in another thread.
final class LoopMount implements Closeable {
    private final Path image;
    private final Path directory;
    /// null while there is none; guarded by this, as is `isMounted`
    private String device;
    private boolean isMounted;
    private boolean isClosed;

    /// @param in a directory on tmpfs
    LoopMount(Path in) {
        this.image = in.resolve("ext4.image");
        this.directory = in.resolve("ext4");
    }

    /// @throws IOException where this system does not let us, with the reason
    void mount(long sizeBytes) throws IOException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            throw new IOException("only root can mount a loop device");
        }
        Files.createDirectory(directory);
        // Room is taken now, so that no write to the device waits for the kernel to clear a page.
        Shell.run("fallocate", "-l", Long.toString(sizeBytes), image.toString());
        Shell.run("mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", image.toString());
        attach();
    }

    private synchronized void attach() throws IOException {
        if (isClosed) {
            throw new IOException("it is being closed");
        }
        device = Shell.run("losetup", "--show", "-f", image.toString());
        Shell.run("mount", "-t", "ext4", device, directory.toString());
        isMounted = true;
    }

    synchronized boolean isMounted() {
        return isMounted;
    }

    Path directory() {
        return directory;
    }

    @Override
    public synchronized void close() throws IOException {
        isClosed = true;
        try {
            if (isMounted) {
                Shell.run("umount", directory.toString());
                isMounted = false;
            }
        } finally {
            if (device != null) {
                Shell.run("losetup", "-d", device);
                device = null;
            }
        }
    }
}
