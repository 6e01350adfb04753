package dev.stele.bench.jmh;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/// What takes nanoseconds, by itself in a JVM of its own: stores that are persisted, loads and stores through a
/// mapping, the same through a mapping of the JDK's. The second opinion on the rows `persist-64`, `copy-
/// persist-4k`, `map-load` and `map-store`, of which the races share one JVM.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MappingBenchmark {
    private static final long MAPPING_BYTES = 64L << 20;
    private static final long VOLUME_BYTES = 160L << 20;
    private static final int LINE_BYTES = 64;
    private static final int BLOCK_BYTES = 4096;
    private static final long SEED = 1;

    private Path directory;
    private Stele stele;
    private DaxMapping mapping;
    private Arena rawArena;
    private MemorySegment raw;
    private MemorySegment source;
    /// what the benchmark of this JVM stores to
    private MemorySegment stored;
    private long state = SEED;
    private long value;
    /// where the last store went, in bytes; -1 before there is one
    private long lastAt;

    @Setup
    public void create(BenchmarkParams params) throws IOException {
        create(params.getBenchmark().contains(".raw"));
    }

    /// @param isRaw whether what runs stores to the mapping of the JDK's
    void create(boolean isRaw) throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "stele-jmh-");
        stele = Stele.create(directory.resolve("volume"), VOLUME_BYTES, SteleOptions.DEFAULT.withAsPmem(true));
        try (DaxFile file = stele.file("/mapped")) {
            mapping = file.map(MapMode.READ_WRITE, 0, MAPPING_BYTES, MapOption.POPULATED, MapOption.UNTRACKED);
        }
        rawArena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(directory.resolve("raw"), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            raw = channel.map(FileChannel.MapMode.READ_WRITE, 0, MAPPING_BYTES, rawArena);
        }
        source = rawArena.allocate(BLOCK_BYTES, BLOCK_BYTES);
        fill(mapping.segment());
        fill(raw);
        stored = isRaw ? raw : mapping.segment();
    }

    /// The word at index i is i.
    private static void fill(MemorySegment segment) {
        for (long i = 0; i < segment.byteSize() / Long.BYTES; i++) {
            segment.setAtIndex(ValueLayout.JAVA_LONG, i, i);
        }
    }

    @TearDown
    public void delete() throws IOException {
        mapping.close();
        stele.close();
        rawArena.close();
        Files.delete(directory.resolve("volume"));
        Files.delete(directory.resolve("raw"));
        Files.delete(directory);
    }

    @Setup(Level.Iteration)
    public void begin() {
        lastAt = -1;
    }

    /// What the last operation stored is there.
    @TearDown(Level.Iteration)
    public void check() {
        if (lastAt >= 0) {
            require(stored.get(ValueLayout.JAVA_LONG, lastAt), value);
        }
    }

    private static void require(long found, long expected) {
        if (found != expected) {
            throw new IllegalStateException("found " + found + ", not " + expected);
        }
    }

    /// The places of [dev.stele.bench] and of the loops in C: the upper half of a congruential generator's state.
    private long place(int unitBytes) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        lastAt = (state >>> 33) * (MAPPING_BYTES / unitBytes) >>> 31;
        lastAt *= unitBytes;
        return lastAt;
    }

    @Benchmark
    public void persist64() {
        long at = place(LINE_BYTES);
        mapping.segment().set(ValueLayout.JAVA_LONG, at, ++value);
        mapping.persist(at, LINE_BYTES);
    }

    @Benchmark
    public void copyPersist4k() {
        source.set(ValueLayout.JAVA_LONG, 0, ++value);
        mapping.copyPersist(place(BLOCK_BYTES), source, 0, BLOCK_BYTES);
    }

    /// Nothing durable: the copy alone.
    @Benchmark
    public void rawCopy4k() {
        source.set(ValueLayout.JAVA_LONG, 0, ++value);
        MemorySegment.copy(source, 0, raw, place(BLOCK_BYTES), BLOCK_BYTES);
    }

    @Benchmark
    public void mapStore() {
        mapping.segment().set(ValueLayout.JAVA_LONG, place(Long.BYTES), ++value);
    }

    @Benchmark
    public void rawStore() {
        raw.set(ValueLayout.JAVA_LONG, place(Long.BYTES), ++value);
    }

    @Benchmark
    public long mapLoad() {
        return load(mapping.segment());
    }

    @Benchmark
    public long rawLoad() {
        return load(raw);
    }

    /// Words keep their index: this iteration's benchmark is the only one that runs in this JVM.
    private long load(MemorySegment segment) {
        long at = place(Long.BYTES);
        lastAt = -1;
        long found = segment.get(ValueLayout.JAVA_LONG, at);
        require(found, at / Long.BYTES);
        return found;
    }
}
