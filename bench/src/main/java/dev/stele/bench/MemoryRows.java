package dev.stele.bench;

import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/// What a million files and 10 GiB written leave on the heap and in the kernel's page cache, while the volume is open.
final class MemoryRows {
    /// The most that the heap may have grown.
    static final String LIMIT = "limit";
    private static final double HEAP_MIB_MAX = 64;
    /// No page of what was written: so much other programs of the machine move while that is measured.
    private static final double CACHE_MIB_MAX = 16;
    private static final double LEAST_MIB = 0.1;
    private static final long VOLUME_BYTES = 2L << 30;
    private static final int FILES = 1_000_000;
    private static final long WRITTEN_BYTES = 10L << 30;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final long FILE_BYTES = 512L << 20;
    private static final double MIB = 1 << 20;
    private static final int COLLECTIONS = 3;

    private MemoryRows() {
    }

    static List<RowResult> measure(RowRun run) throws Exception {
        return measure(run, VOLUME_BYTES, FILES, WRITTEN_BYTES, FILE_BYTES);
    }

    static List<RowResult> measure(RowRun run, long volumeBytes, int fileCount, long writtenBytes, long fileBytes)
            throws Exception {
        try (Site site = new Site(run.bed(), "memory")) {
            Path volume = site.directory(Peer.JDK_TMPFS, 0).resolve("memory.stele");
            try (Stele stele = Stele.create(volume, volumeBytes, SteleOptions.DEFAULT.withAsPmem(true))) {
                double heapBefore = heapMib();
                double cacheBefore = pageCacheMib();
                Names.createTree(stele.path("/"), fileCount);
                write(stele, writtenBytes, fileBytes);
                double cacheGrown = pageCacheMib() - cacheBefore;
                checkWritten(stele, fileCount, writtenBytes, fileBytes);
                return List.of(row("memory", heapMib() - heapBefore, HEAP_MIB_MAX),
                        row("memory-page-cache", cacheGrown, CACHE_MIB_MAX));
            }
        }
    }

    private static RowResult row(String name, double grownMib, double mostMib) {
        double grown = Math.max(LEAST_MIB, grownMib);
        return new RowResult(name, "MiB", Summary.exactly(grown), Map.of(LIMIT, Summary.exactly(mostMib)),
                Map.of(LIMIT, Summary.exactly(mostMib / grown)), new Costs(0, 0, 0, 0), List.of(new Goal(LIMIT, 1)));
    }

    private static double heapMib() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / MIB;
    }

    /// Of the whole machine: a figure of a quiet one only. Files in memory (tmpfs) are counted by the kernel as cached,
    /// too: those are the medium.
    private static double pageCacheMib() throws IOException {
        return (Machine.memoryBytes("Cached:") + Machine.memoryBytes("Buffers:") - Machine.memoryBytes("Shmem:")) / MIB;
    }

    private static void write(Stele stele, long writtenBytes, long fileBytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (FileChannel channel = FileChannel.open(
                stele.path("/large"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long written = 0; written < writtenBytes; written += CHUNK_BYTES) {
                chunk.clear().putLong(0, written);
                channel.write(chunk, written % fileBytes);
            }
            channel.force(true);
        }
    }

    private static void checkWritten(Stele stele, int fileCount, long writtenBytes, long fileBytes) throws IOException {
        WrongResult.require(Files.exists(Names.inTree(stele.path("/"), fileCount - 1)), "the last file is missing");
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES);
        long lastChunk = writtenBytes - CHUNK_BYTES;
        try (FileChannel channel = FileChannel.open(stele.path("/large"))) {
            channel.read(start, lastChunk % fileBytes);
        }
        WrongResult.require(start.getLong(0) == lastChunk, "the last write is not there");
    }
}
