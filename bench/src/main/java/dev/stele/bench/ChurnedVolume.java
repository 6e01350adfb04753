package dev.stele.bench;

import dev.stele.api.DaxFile;
import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import dev.stele.medium.PersistenceCounters;
import dev.stele.nio.DaxFileSystem;
import dev.stele.volume.Volume.FileExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A volume that has been written full and deleted from many times over, or not at all.
final class ChurnedVolume implements AutoCloseable {
    private static final long HUGE_BYTES = 2 << 20;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final double FILL = 0.75;
    /// Sizes of churned files: from one block to 8 MiB, each power of two as likely as the next.
    private static final int SIZE_SHIFT_MIN = 12;
    private static final int SIZE_SHIFTS = 12;

    private final Stele stele;
    private final long sizeBytes;
    private final FileStore store;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

    ChurnedVolume(Path file, long sizeBytes) throws IOException {
        this.stele = Stele.create(file, sizeBytes, SteleOptions.DEFAULT.withAsPmem(true));
        this.sizeBytes = sizeBytes;
        this.store = Files.getFileStore(stele.path("/"));
    }

    Stele stele() {
        return stele;
    }

    PersistenceCounters counters() {
        return ((DaxFileSystem) stele.fileSystem()).volume().medium().counters();
    }

    /// Writes and deletes random files until so many volumes' worth has been written, never fuller than three quarters.
    void churn(int volumes, long seed) throws IOException {
        Random random = new Random(seed);
        List<Path> files = new ArrayList<>();
        long next = 0;
        for (long written = 0; written < volumes * sizeBytes; ) {
            long bytes = 1L << SIZE_SHIFT_MIN + random.nextInt(SIZE_SHIFTS);
            while (!files.isEmpty() && store.getUsableSpace() - bytes < (1 - FILL) * sizeBytes) {
                Files.delete(takeAny(files, random));
            }
            Path file = stele.path("/churn-" + next++);
            write(file, bytes);
            files.add(file);
            written += bytes;
        }
    }

    private static Path takeAny(List<Path> files, Random random) {
        int index = random.nextInt(files.size());
        Path last = files.removeLast();
        return index == files.size() ? last : files.set(index, last);
    }

    private void write(Path file, long byteCount) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long done = 0; done < byteCount; ) {
                chunk.clear().limit((int) Math.min(CHUNK_BYTES, byteCount - done));
                done += channel.write(chunk);
            }
        }
    }

    /// The share of a fresh file that stands in aligned runs of 2 MiB, each of which a mapping can show as one page.
    double hugeShare(long fileBytes) throws IOException {
        try (DaxFile file = stele.file("/share")) {
            file.allocate(0, fileBytes);
            long huge = 0;
            for (FileExtent each : file.extents(0, fileBytes)) {
                huge += hugeBytes(each);
            }
            return (double) huge / fileBytes;
        } finally {
            Files.delete(stele.path("/share"));
        }
    }

    private static long hugeBytes(FileExtent extent) {
        if ((extent.fileOffset() - extent.mediumOffset()) % HUGE_BYTES != 0) {
            return 0;
        }
        long from = -Math.floorDiv(-extent.fileOffset(), HUGE_BYTES) * HUGE_BYTES;
        long to = (extent.fileOffset() + extent.byteCount()) / HUGE_BYTES * HUGE_BYTES;
        return Math.max(0, to - from);
    }

    @Override
    public void close() throws IOException {
        stele.close();
    }
}
