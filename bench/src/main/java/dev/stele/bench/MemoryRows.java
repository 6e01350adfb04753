package dev.stele.bench;

import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import dev.stele.bench.RowResult.Goal;
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
    private static final long VOLUME_BYTES = 2L << 30;
    private static final int FILES = 1_000_000;
    private static final int FILES_PER_DIRECTORY = 1000;
    private static final long WRITTEN_BYTES = 10L << 30;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final long FILE_BYTES = 512L << 20;
    private static final double MIB = 1 << 20;
    private static final int COLLECTIONS = 3;

    private MemoryRows() {
    }

    private interface Gauge {
        double read() throws IOException;
    }

    static RowResult heap(RowRun run) throws Exception {
        double grown = Math.max(0.1, growth(run, MemoryRows::heapMib));
        return new RowResult("memory", "MiB", Summary.exactly(grown), Map.of(LIMIT, Summary.exactly(HEAP_MIB_MAX)),
                Map.of(LIMIT, Summary.exactly(HEAP_MIB_MAX / grown)), new Costs(0, 0, 0, 0),
                List.of(new Goal(LIMIT, 1)));
    }

    /// Of the whole machine: figures of a quiet one only.
    static RowResult pageCache(RowRun run) throws Exception {
        double grown = Math.max(0, growth(run, MemoryRows::pageCacheMib));
        return new RowResult("memory-page-cache", "MiB", Summary.exactly(grown), Map.of(), Map.of(),
                new Costs(0, 0, 0, 0), List.of());
    }

    private static double heapMib() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / MIB;
    }

    /// Files in memory (tmpfs) are counted by the kernel as cached, too: those are the medium.
    private static double pageCacheMib() throws IOException {
        return (Machine.memoryBytes("Cached:") + Machine.memoryBytes("Buffers:") - Machine.memoryBytes("Shmem:")) / MIB;
    }

    private static double growth(RowRun run, Gauge gauge) throws Exception {
        try (Site site = new Site(run.bed(), "memory")) {
            Path volume = site.directory(Peer.JDK_TMPFS, 0).resolve("memory.stele");
            try (Stele stele = Stele.create(volume, VOLUME_BYTES, SteleOptions.DEFAULT.withAsPmem(true))) {
                double before = gauge.read();
                createFiles(stele);
                write(stele);
                return gauge.read() - before;
            }
        }
    }

    private static void createFiles(Stele stele) throws IOException {
        for (int i = 0; i < FILES; i++) {
            String directory = "/" + i / FILES_PER_DIRECTORY;
            if (i % FILES_PER_DIRECTORY == 0) {
                Files.createDirectory(stele.path(directory));
            }
            Files.createFile(stele.path(directory + "/" + i));
        }
    }

    private static void write(Stele stele) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (FileChannel channel = FileChannel.open(
                stele.path("/large"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long written = 0; written < WRITTEN_BYTES; written += CHUNK_BYTES) {
                chunk.clear();
                channel.write(chunk, written % FILE_BYTES);
            }
            channel.force(true);
        }
    }
}
