package dev.stele.crash.junit;

import dev.stele.crash.junit.Lines.Hash;
import dev.stele.medium.sim.SimMedium;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The medium on which images are brought up, one after the other: each is a few lines laid over the ground of a moment
/// and taken off again.
final class Bench implements AutoCloseable {
    private final Settings settings;
    private final Arena arena = Arena.ofShared();
    private final SimMedium image;
    private final MemorySegment initial;
    private final MemorySegment ground;
    /// The ground under a name of its own for each moment, by which the image knows whether it stands on it already.
    private MemorySegment named;
    private Hash groundHash;
    /// What the image held when it was loaded, for who records what happens to it; equal to the ground but for `laid`.
    private final MemorySegment seen;
    private final Set<Integer> laid = new HashSet<>();
    private Recorder recorder;

    Bench(Settings settings, MemorySegment initial) {
        this.settings = settings;
        this.initial = initial;
        this.image = SimMedium.lent(settings.sizeBytes(), settings.granularity());
        this.ground = arena.allocate(settings.sizeBytes(), Lines.BYTES);
        this.seen = arena.allocate(settings.sizeBytes(), Lines.BYTES);
        ground(Map.of());
    }

    /// Goes to a moment, with these lines durable.
    void ground(Map<Integer, long[]> durable) {
        ground.copyFrom(initial);
        durable.forEach((line, words) -> Lines.store(ground, line, words));
        seen.copyFrom(ground);
        laid.clear();
        named = ground.asSlice(0);
        groundHash = Hash.ZERO;
        for (int line = 0; line < Lines.lineOf(ground.byteSize()); line++) {
            groundHash = groundHash.with(Lines.hash(line, Lines.load(ground, line)));
        }
    }

    /// Hash of the image that these lines over the ground make.
    Hash hash(Map<Integer, long[]> lines) {
        Hash hash = groundHash;
        for (Map.Entry<Integer, long[]> each : lines.entrySet()) {
            hash = hash.with(Lines.hash(each.getKey(), Lines.load(ground, each.getKey())))
                    .with(Lines.hash(each.getKey(), each.getValue()));
        }
        return hash;
    }

    /// Lays these lines over the ground, durably.
    SimMedium load(Map<Integer, long[]> lines) {
        finishRecording();
        image.restore(named);
        MemorySegment cache = image.data().segment();
        lines.forEach((line, words) -> Lines.store(cache, line, words));
        image.settle();
        laid.forEach(line -> Lines.store(seen, line, Lines.load(ground, line)));
        laid.clear();
        lines.forEach((line, words) -> Lines.store(seen, line, words));
        laid.addAll(lines.keySet());
        return image;
    }

    /// Has what happens to the image from now on written down.
    Recorder record(boolean ordersVerbs, Steps steps) {
        recorder = new Recorder(image, settings.model(), ordersVerbs, seen, steps, "the begin of recovery");
        image.tell(recorder);
        return recorder;
    }

    void finishRecording() {
        image.tell(null);
        if (recorder != null) {
            recorder.touched().forEach(laid::add);
            recorder = null;
        }
    }

    /// Writes the image that these lines make to a file.
    void save(Map<Integer, long[]> lines, Path file) {
        load(lines);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                channel.write(image.data().segment().asByteBuffer());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the image could not be saved in " + file, e);
        }
    }

    @Override
    public void close() {
        image.end();
        arena.close();
    }
}
