package dev.stele.bench.jmh;

import dev.stele.api.Stele;
import dev.stele.api.SteleOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Attributes of a file by its path, each file system by itself in a JVM of its own: beside the row `stat`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StatBenchmark {
    private static final int FILES = 1000;
    private static final int SIZES = 7;
    private static final long VOLUME_BYTES = 64L << 20;

    private Path directory;
    private Stele stele;
    private final Path[] onStele = new Path[FILES];
    private final Path[] onTmpfs = new Path[FILES];
    private int next;

    @Setup
    public void create() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "stele-jmh-");
        stele = Stele.create(directory.resolve("volume"), VOLUME_BYTES, SteleOptions.DEFAULT.withAsPmem(true));
        for (int i = 0; i < FILES; i++) {
            onStele[i] = Files.write(stele.path("/file-" + i), new byte[i % SIZES]);
            onTmpfs[i] = Files.write(directory.resolve("file-" + i), new byte[i % SIZES]);
        }
    }

    @TearDown
    public void delete() throws IOException {
        stele.close();
        for (Path each : onTmpfs) {
            Files.delete(each);
        }
        Files.delete(directory.resolve("volume"));
        Files.delete(directory);
    }

    @Benchmark
    public BasicFileAttributes statStele() throws IOException {
        return stat(onStele);
    }

    @Benchmark
    public BasicFileAttributes statTmpfs() throws IOException {
        return stat(onTmpfs);
    }

    private BasicFileAttributes stat(Path[] files) throws IOException {
        next = next + 1 == FILES ? 0 : next + 1;
        BasicFileAttributes attributes = Files.readAttributes(files[next], BasicFileAttributes.class);
        if (attributes.size() != next % SIZES) {
            throw new IllegalStateException("file " + next + " has the attributes of another");
        }
        return attributes;
    }
}
