package dev.stele.bench;

import com.github.marschall.memoryfilesystem.MemoryFileSystemBuilder;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.stele.api.PersistentMemory;
import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters;
import dev.stele.nio.DaxFileSystem;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where everything is measured: one directory on tmpfs with the volume, run as persistent memory, with the peers'
/// files beside it and the loop device's, so that all have the same memory under them. What a peer lacks on this
/// machine is said in [#skipped()], and its column stays empty.
final class Bed implements AutoCloseable {
    /// How large things are.
    ///
    /// @param volumeBytes of the volume
    /// @param ext4Bytes of the loop device
    /// @param fileBytes of a file that is read, written and mapped at random
    /// @param mappingBytes of the mapping whose few dirty pages are synced
    /// @param fileCount most files in one slice of a metadata operation
    /// @param listCount files in the directory that is listed
    record Sizes(long volumeBytes, long ext4Bytes, long fileBytes, long mappingBytes, int fileCount, int listCount) {
        static final Sizes USUAL = new Sizes(2816L << 20, 2816L << 20, 256L << 20, 1L << 30, 1000, 10_000);
        /// Files half as large: making them is a good part of a quick run.
        static final Sizes QUICK = new Sizes(2304L << 20, 1280L << 20, 128L << 20, 1L << 30, 1000, 10_000);
        static final Sizes TINY = new Sizes(64L << 20, 32L << 20, 1L << 20, 4L << 20, 8, 50);

        /// Besides the files: the heap, and what others may still want.
        private static final long SPARE_BYTES = 2L << 30;

        /// The same with large things half as large.
        Sizes halved() {
            return new Sizes(volumeBytes / 2, ext4Bytes / 2, fileBytes / 2, mappingBytes / 2, fileCount, listCount);
        }

        /// Of the whole bed, at its fullest.
        long memoryBytes() {
            return volumeBytes + ext4Bytes + 2 * fileBytes + SPARE_BYTES;
        }
    }

    private static final String VOLUME = "volume.stele";
    /// A smaller bed is no longer worth its figures.
    private static final int SHRINKS_MAX = 4;

    private final Path directory;
    private final Sizes sizes;
    private final long seed;
    private final Stele stele;
    private final Path tmpfs;
    private final LoopMount ext4;
    private final Libpmem libpmem;
    private final FileSystem jimfs;
    private final FileSystem memoryFileSystem;
    private final List<String> skipped = new ArrayList<>();
    private final Thread cleaner = new Thread(this::closeQuietly, "cleaner of the test bed");

    private Bed(Path directory, Sizes sizes, long seed) throws IOException {
        this.directory = directory;
        this.sizes = sizes;
        this.seed = seed;
        this.stele = Stele.create(directory.resolve(VOLUME), sizes.volumeBytes(),
                SteleOptions.DEFAULT.withAsPmem(true));
        this.tmpfs = Files.createDirectory(directory.resolve("tmpfs"));
        this.libpmem = loadLibpmem();
        this.jimfs = Jimfs.newFileSystem(Configuration.unix());
        this.memoryFileSystem = MemoryFileSystemBuilder.newLinux().build();
        this.ext4 = new LoopMount(directory);
    }

    /// @throws IOException where this machine has no tmpfs or its caches cannot be flushed: then nothing can be
    ///     measured, and the message says why
    static Bed make(Sizes sizes, long seed) throws Exception {
        if (!PersistentMemory.capabilities().canFlush()) {
            throw new IOException("this processor's caches cannot be flushed from here: "
                    + PersistentMemory.capabilities().reason());
        }
        Path directory = Files.createTempDirectory(
                tmpfs(), "stele-bench-" + ProcessHandle.current().pid() + "-");
        try {
            Sizes fitting = fitting(sizes, directory);
            Bed bed = new Bed(directory, fitting, seed);
            if (fitting != sizes) {
                bed.skipped.add("full size: files are of " + (fitting.fileBytes() >> 20)
                        + " MiB and the large mapping of " + (fitting.mappingBytes() >> 20)
                        + " MiB, for want of memory");
            }
            Runtime.getRuntime().addShutdownHook(bed.cleaner);
            bed.prepare();
            return bed;
        } catch (Exception failed) {
            Trees.delete(directory);
            throw failed;
        }
    }

    /// What the machine has memory for.
    private static Sizes fitting(Sizes wanted, Path directory) throws IOException {
        long room = Math.min(Machine.availableBytes(), Files.getFileStore(directory).getUsableSpace());
        Sizes fitting = wanted;
        for (int i = 0; i < SHRINKS_MAX && fitting.memoryBytes() > room; i++) {
            fitting = fitting.halved();
        }
        return fitting;
    }

    private static Path tmpfs() throws IOException {
        for (Path each : List.of(Path.of("/dev/shm"), Path.of("/run/shm"), Path.of("/tmp"))) {
            if (Files.isWritable(each) && Files.getFileStore(each).type().equals("tmpfs")) {
                return each;
            }
        }
        throw new IOException("there is no tmpfs to measure on (/dev/shm)");
    }

    /// Most of that time is the kernel's, clearing pages.
    private void prepare() throws Exception {
        SideBySide.run(() -> {
            RoomTaking.of(directory.resolve(VOLUME), sizes.volumeBytes());
            touch(medium());
        }, this::mountExt4);
    }

    private void mountExt4() {
        try {
            ext4.mount(sizes.ext4Bytes());
        } catch (IOException refused) {
            skipped.add(Peer.JDK_EXT4 + ": " + refused.getMessage());
        }
    }

    private Libpmem loadLibpmem() {
        try {
            return Libpmem.load(directory);
        } catch (IOException refused) {
            skipped.add(Peer.LIBPMEM + ": " + refused.getMessage() + " (stele bench --setup)");
            return null;
        }
    }

    /// Every page of the volume is there and mapped, as those of persistent memory are: no first touch is measured.
    private static void touch(Medium medium) {
        medium.reserve(0, medium.sizeBytes());
        MemorySegment segment = medium.data().segment();
        long sum = 0;
        for (long at = 0; at < segment.byteSize(); at += Medium.PAGE_BYTES) {
            sum += segment.get(ValueLayout.JAVA_BYTE, at);
        }
        WrongResult.require(sum != Long.MIN_VALUE, "bytes have a sum");
    }

    Sizes sizes() {
        return sizes;
    }

    long seed() {
        return seed;
    }

    Stele stele() {
        return stele;
    }

    private Medium medium() {
        return ((DaxFileSystem) stele.fileSystem()).volume().medium();
    }

    /// Of the volume.
    PersistenceCounters counters() {
        return medium().counters();
    }

    Optional<Libpmem> libpmem() {
        return Optional.ofNullable(libpmem);
    }

    /// What cannot be measured here, and why.
    List<String> skipped() {
        return List.copyOf(skipped);
    }

    /// Where the files of a peer are kept that has a file system; empty where it is not to be had here.
    Optional<Path> root(String peer) {
        return switch (peer) {
            case Contender.STELE -> Optional.of(stele.path("/"));
            case Peer.JDK_TMPFS, Peer.RAW_MEMORY -> Optional.of(tmpfs);
            case Peer.JDK_EXT4 -> ext4.isMounted() ? Optional.of(ext4.directory()) : Optional.empty();
            case Peer.JIMFS -> Optional.of(jimfs.getPath("/"));
            case Peer.MEMORY_FILE_SYSTEM -> Optional.of(memoryFileSystem.getPath("/"));
            default -> throw new IllegalArgumentException(peer + " has no file system");
        };
    }

    /// Names and values of where this is, for the report.
    Map<String, Object> machine() throws Exception {
        return Machine.describe(medium().granularity().toString(), seed);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException alreadyStopping) {
            return; // the cleaner does it
        }
        closeQuietly();
    }

    /// Whatever goes wrong, what comes after it is closed too.
    private void closeQuietly() {
        for (AutoCloseable each : List.<AutoCloseable>of(
                stele, jimfs, memoryFileSystem, ext4, () -> Trees.delete(directory))) {
            try {
                each.close();
            } catch (Exception failed) {
                System.err.println("stele bench: cleaning up: " + failed.getMessage());
            }
        }
    }
}
