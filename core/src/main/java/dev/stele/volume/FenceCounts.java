package dev.stele.volume;

import dev.stele.medium.Medium;
import dev.stele.medium.PersistenceCounters;
import dev.stele.node.AttributeChange;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;

/// What each operation costs, counted at the medium's verbs: the proof of P1. Every operation is repeated in a volume
/// that is in use (directories hold a thousand names already, which keeps directory blocks splitting and the journal
/// turning while it is measured), with what it needs made ready between the counts.
public final class FenceCounts {
    private static final int POPULATION = 1000;
    private static final int BLOCK_BYTES = 4096;
    private static final int LINE_BYTES = 64;
    private static final int MODE = 0644;

    /// The cost of one operation.
    ///
    /// @param operation as in the documents: `create`, `rename-replace`, …
    /// @param fences drains of the middle repetition (median)
    /// @param flushedLines cache lines that the median repetition flushed or streamed
    /// @param loggedBytes bytes that the median repetition added to the journal
    /// @param worstFences drains of the dearest repetition
    /// @param worstFlushedLines lines of the dearest repetition
    /// @param worstLoggedBytes bytes logged by the dearest repetition
    /// @param totalFences drains of all repetitions together
    /// @param repetitions number of repetitions counted
    public record Cost(String operation, long fences, long flushedLines, long loggedBytes, long worstFences,
            long worstFlushedLines, long worstLoggedBytes, long totalFences, int repetitions) {
    }

    private final Volume volume;
    private final PersistenceCounters counters;
    private final int repetitions;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment page = arena.allocate(BLOCK_BYTES, BLOCK_BYTES);
    private final List<Cost> costs = new ArrayList<>();
    private final long home;
    private final long away;

    private FenceCounts(Volume volume, int repetitions) {
        this.volume = volume;
        this.counters = volume.medium().counters();
        this.repetitions = repetitions;
        page.fill((byte) 'x');
        home = directory("home");
        away = directory("away");
        for (int i = 0; i < POPULATION; i++) {
            volume.create(home, Name.of("resident " + i), MODE, 0, 0);
            volume.create(away, Name.of("resident " + i), MODE, 0, 0);
        }
    }

    /// Formats the medium, whatever it holds, counts, and closes it.
    ///
    /// @param medium of at least 64 MiB; CACHE_LINE to measure what persistent memory would do
    /// @param repetitions of each operation, at least 1
    public static List<Cost> measure(Medium medium, int repetitions) {
        Volume.format(medium, new FormatOptions("fences", new UUID(1, 2), 3, 4, 0, 0, 0, 0));
        long[] clock = {1_000_000_000L};
        try (Volume volume = Volume.open(medium, new OpenOptions(false, () -> clock[0]++, false))) {
            FenceCounts counts = new FenceCounts(volume, repetitions);
            counts.names();
            counts.renames();
            counts.attributes();
            counts.extents();
            counts.data();
            return counts.costs;
        }
    }

    private void names() {
        count("create", i -> { }, i -> volume.create(home, name("create", i), MODE, 0, 0));
        count("mkdir", i -> { }, i -> volume.mkdir(home, name("mkdir", i), 0755, 0, 0));
        count("mknod", i -> { },
                i -> volume.mknod(home, name("mknod", i), FileType.FIFO.modeBits() | MODE, 0, 0, 0));
        byte[] target = "../some/where/else".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        count("symlink", i -> { }, i -> volume.symlink(home, name("symlink", i), target, 0, 0));
        long linked = file(home, "linked");
        count("link", i -> { }, i -> volume.link(linked, home, name("link", i)));
        count("unlink", i -> file(home, name("unlink", i), 2), i -> volume.unlink(home, name("unlink", i)));
        count("unlink-one-of-two-names", i -> volume.link(linked, home, name("second", i)),
                i -> volume.unlink(home, name("second", i)));
        count("rmdir", i -> volume.mkdir(home, name("rmdir", i), 0755, 0, 0),
                i -> volume.rmdir(home, name("rmdir", i)));
    }

    private void renames() {
        count("rename", i -> file(home, name("old", i), 1),
                i -> volume.rename(home, name("old", i), home, name("new", i), RenameMode.REPLACE));
        count("rename-replace", i -> {
            file(home, name("fresh", i), 1);
            file(home, name("stale", i), 1);
        }, i -> volume.rename(home, name("fresh", i), home, name("stale", i), RenameMode.REPLACE));
        count("rename-directories", i -> file(home, name("leaving", i), 1),
                i -> volume.rename(home, name("leaving", i), away, name("arrived", i), RenameMode.REPLACE));
        count("rename-directory", i -> volume.mkdir(home, name("moving", i), 0755, 0, 0),
                i -> volume.rename(home, name("moving", i), away, name("moved", i), RenameMode.REPLACE));
        count("rename-exchange", i -> {
            file(home, name("here", i), 1);
            file(away, name("there", i), 1);
        }, i -> volume.rename(home, name("here", i), away, name("there", i), RenameMode.EXCHANGE));
    }

    private void attributes() {
        long inode = file(home, "attributed");
        AttributeChange change = new AttributeChange();
        count("setattr", i -> { }, i -> volume.setAttributes(inode,
                change.clear().permissions(0600 + (i & 7)).uid(i).gid(i).modifyTimeNanos(i)));
        byte[] value = "a value of ordinary length".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Name attribute = Name.of("user.attribute");
        count("setxattr", i -> { }, i -> volume.setXattr(file(i), attribute, value, XattrMode.SET));
        count("setxattr-replace", i -> { },
                i -> volume.setXattr(file(i), attribute, new byte[] {(byte) i}, XattrMode.REPLACE));
        count("removexattr", i -> { }, i -> volume.removeXattr(file(i), attribute));
    }

    private void extents() {
        count("truncate", i -> prepare(i, 8), i -> volume.truncate(file(i), 2 * BLOCK_BYTES + 100));
        count("truncate-extend", i -> prepare(i, 1), i -> volume.truncate(file(i), 1L << 30));
        count("allocate", i -> prepare(i, 0), i -> volume.allocate(file(i), 0, 64 << 10, false));
        count("punch-hole", i -> prepare(i, 8),
                i -> volume.punchHole(file(i), 2 * BLOCK_BYTES, 2 * BLOCK_BYTES));
        count("zero-range", i -> prepare(i, 8),
                i -> volume.zeroRange(file(i), 2 * BLOCK_BYTES, 2 * BLOCK_BYTES, false));
        count("collapse-range", i -> prepare(i, 8),
                i -> volume.collapseRange(file(i), 2 * BLOCK_BYTES, 2 * BLOCK_BYTES));
        count("insert-range", i -> prepare(i, 8),
                i -> volume.insertRange(file(i), 2 * BLOCK_BYTES, 2 * BLOCK_BYTES));
    }

    private void data() {
        long growing = file(home, "growing");
        count("append", i -> { }, i -> volume.append(growing, page, 0, BLOCK_BYTES, Durability.DSYNC));
        count("append-file-of-one-block", i -> prepare(i, 1),
                i -> volume.append(file(i), page, 0, BLOCK_BYTES, Durability.DSYNC));
        count("write-into-hole", i -> {
            prepare(i, 0);
            volume.truncate(file(i), 1 << 20);
        }, i -> volume.write(file(i), 16 * BLOCK_BYTES, page, 0, BLOCK_BYTES, Durability.DSYNC));
        countSettled("write-over", i -> { },
                i -> volume.write(file(i), 0, page, 0, BLOCK_BYTES, Durability.DSYNC));
        countSettled("write-atomic", i -> { },
                i -> volume.write(file(i), 0, page, 0, BLOCK_BYTES, Durability.ATOMIC));
        countSettled("write-deferred", i -> { },
                i -> volume.write(file(i), 0, page, 0, BLOCK_BYTES, Durability.DEFERRED));
        IntConsumer dirty = i -> volume.write(file(i), 0, page, 0, BLOCK_BYTES, Durability.DEFERRED);
        countSettled("fdatasync-one-dirty-page", dirty, i -> volume.sync(file(i), true));
        countSettled("fsync-one-dirty-page", dirty, i -> volume.sync(file(i), false));
        countSettled("fsync-nothing-dirty", i -> volume.sync(file(i), false), i -> volume.sync(file(i), false));
    }

    /// For what is done to a file that was not made just now: all files get their two blocks before the first run.
    /// (The first store over bytes whose own record is still the only proof of them pays for another record.)
    private void countSettled(String operation, IntConsumer preparation, IntConsumer run) {
        for (int i = 0; i < repetitions; i++) {
            prepare(i, 2);
        }
        prepare(repetitions, 2);
        volume.write(file(repetitions), 0, page, 0, BLOCK_BYTES, Durability.SYNC);
        count(operation, preparation, run);
    }

    /// Measures `repetitions` runs, each after its preparation, which is not counted.
    private void count(String operation, IntConsumer preparation, IntConsumer run) {
        long[] fences = new long[repetitions];
        long[] lines = new long[repetitions];
        long[] bytes = new long[repetitions];
        for (int i = 0; i < repetitions; i++) {
            preparation.accept(i);
            long loggedBefore = volume.loggedBytes();
            PersistenceCounters.Snapshot before = counters.ofThisThread();
            run.accept(i);
            PersistenceCounters.Snapshot cost = counters.ofThisThread().since(before);
            fences[i] = cost.drains();
            lines[i] = cost.flushedLines() + (cost.streamedBytes() + LINE_BYTES - 1) / LINE_BYTES;
            bytes[i] = volume.loggedBytes() - loggedBefore;
        }
        long total = Arrays.stream(fences).sum();
        costs.add(new Cost(operation, median(fences), median(lines), median(bytes), worst(fences), worst(lines),
                worst(bytes), total, repetitions));
    }

    /// Sorts its argument.
    private static long median(long[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static long worst(long[] sorted) {
        return sorted[sorted.length - 1];
    }

    private long directory(String name) {
        return volume.mkdir(volume.root(), Name.of(name), 0755, 0, 0);
    }

    private static Name name(String operation, int i) {
        return Name.of(operation + " " + i);
    }

    /// The resident file of that number.
    private long file(int i) {
        return volume.lookup(home, Name.of("resident " + i % POPULATION));
    }

    private long file(long directory, String name) {
        return file(directory, Name.of(name), 0);
    }

    private long file(long directory, Name name, int blockCount) {
        long inode = volume.create(directory, name, MODE, 0, 0);
        fill(inode, blockCount);
        return inode;
    }

    /// Gives a resident file exactly so many blocks of bytes, durable.
    private void prepare(int i, int blockCount) {
        volume.truncate(file(i), 0);
        fill(file(i), blockCount);
    }

    private void fill(long inode, int blockCount) {
        for (int block = 0; block < blockCount; block++) {
            volume.write(inode, (long) block * BLOCK_BYTES, page, 0, BLOCK_BYTES, Durability.SYNC);
        }
    }
}
