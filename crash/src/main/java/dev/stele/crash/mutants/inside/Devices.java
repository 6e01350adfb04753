package dev.stele.crash.mutants.inside;

import dev.stele.api.DaxMapping;
import dev.stele.api.PersistentMemory;
import dev.stele.check.Check;
import dev.stele.cpu.Granularity;
import dev.stele.mapping.MappedRange;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.View;
import dev.stele.medium.sim.SimMedium;
import dev.stele.medium.sim.WindowedMedium;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.SyncErrors;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/// Real memory and real files: a [Recorder] sees what was asked of them.
final class Devices {
    private static final long SIZE_BYTES = 1 << 20;

    private final List<Scenario> all;

    Devices(List<Scenario> all) {
        this.all = all;
    }

    private interface Body {
        void run(Recorder recorder) throws Exception;
    }

    void add() {
        add("verbs on memory run as persistent memory", this::verbs);
        add("verbs on memory", recorder -> plainVerbs());
        add("a volume in memory run as persistent memory", this::volume);
        add("a mapping in memory run as persistent memory", this::mapping);
        add("a mapping of an image file", this::imageMapping);
        add("verbs through a window", recorder -> windowVerbs());
        add("a mapping in memory, simulated", recorder -> simulatedMapping());
        add("any segment, flushed", recorder -> segment(recorder, Granularity.CACHE_LINE));
        add("any segment of a file", this::fileSegment);
        add("any segment of memory", recorder -> segment(recorder, Granularity.BYTE));
        add("any segment, simulated", recorder -> simulatedSegment());
    }

    private void add(String name, Body body) {
        all.add(Scenario.of(name, (begins, isQuick) -> {
            begins.run();
            try {
                body.run(Recorder.start());
                return null;
            } finally {
                Recorder.end();
            }
        }));
    }

    private static MemorySegment bytes(long count) {
        MemorySegment bytes = Arena.ofAuto().allocate(count, 64);
        for (long at = 0; at < count; at++) {
            bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (1 + at % 251));
        }
        return bytes;
    }

    private static void same(String what, MemorySegment found, long at, MemorySegment expected) {
        long differs = found.asSlice(at, expected.byteSize()).mismatch(expected);
        if (differs >= 0) {
            throw new IllegalStateException(what + ": byte " + differs + " is not what was stored");
        }
    }

    private void verbs(Recorder recorder) {
        MemorySegment bytes = bytes(1000);
        MemorySegment zeros = Arena.ofAuto().allocate(1000, 64);
        try (MemoryMedium medium = MemoryMedium.createAsPmem(SIZE_BYTES)) {
            View view = medium.data();
            view.put(100, bytes, 0, 1000);
            same("put", view.segment(), 100, bytes);
            view.flush(100, 1000);
            medium.drain();
            recorder.require("put and flush", view.segment(), 100, 1000);
            view.putZeros(164, 300);
            same("put zeros", view.segment(), 164, zeros.asSlice(0, 300));
            medium.forceData(164, 300);
            recorder.require("put zeros and force", view.segment(), 164, 300);
            view.stream(5000, bytes, 0, 1000);
            same("stream", view.segment(), 5000, bytes);
            medium.drain();
            recorder.require("stream", view.segment(), 5000, 1000);
            view.streamZeros(5064, 640);
            same("stream zeros", view.segment(), 5064, zeros.asSlice(0, 640));
            medium.drain();
            recorder.require("stream zeros", view.segment(), 5064, 640);
            words(medium, view);
            recorder.requireArrived("at the end");
        }
    }

    /// Each verb by itself: the window slides on behind it, and what is durable is what was stored.
    private static void windowVerbs() {
        MemorySegment bytes = bytes(1000);
        MemorySegment zeros = Arena.ofAuto().allocate(1000, 64);
        try (SimMedium ground = SimMedium.create(SIZE_BYTES)) {
            Medium medium = WindowedMedium.over(ground, 4096);
            View view = medium.data();
            MemorySegment durable = ground.durableBytes();
            MemorySegment words = Arena.ofAuto().allocate(32, 8);
            words.set(ValueLayout.JAVA_INT, 0, 77);
            words.set(ValueLayout.JAVA_LONG, 8, 78L);
            words.set(ValueLayout.JAVA_LONG, 16, 4L);
            view.putInt(640, 77);
            view.putLong(648, 78);
            view.setBits(656, 6);
            view.flush(640, 24);
            medium.drain();
            if (durable.get(ValueLayout.JAVA_LONG, 656) != 6) {
                throw new IllegalStateException("bits that were set are not durable");
            }
            view.clearBits(656, 2);
            view.flush(656, 8);
            medium.drain();
            same("words", durable, 640, words);
            view.put(100, bytes, 0, 1000);
            view.flush(100, 1000);
            medium.drain();
            same("put", durable, 100, bytes);
            view.putZeros(164, 300);
            view.flush(164, 300);
            medium.drain();
            same("put zeros", durable, 164, zeros.asSlice(0, 300));
            view.stream(9000, bytes, 0, 1000);
            medium.drain();
            same("stream", durable, 9000, bytes);
            view.streamZeros(9064, 500);
            medium.drain();
            same("stream zeros", durable, 9064, zeros.asSlice(0, 500));
            view.put(20_000, bytes, 0, 1000);
            view.flush(20_000, 1000);
            medium.drain();
            same("put and flush", durable, 20_000, bytes);
        }
    }

    /// Each way to make stores durable by itself.
    private void simulatedMapping() throws ReflectiveOperationException {
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Volume.format(medium, format());
            Volume volume = Volume.open(medium, options(false));
            Ground ground = new Ground(volume);
            ground.create("a");
            ground.append("a", 9000);
            volume.sync();
            long at = volume.extents(ground.inode("a"), 0, 4096).getFirst().mediumOffset();
            try (Arena arena = Arena.ofShared(); DaxMapping mapping = mapping(volume, ground.inode("a"), arena)) {
                MemorySegment segment = mapping.segment();
                byte value = 1;
                for (Runnable way : List.<Runnable>of(() -> mapping.persist(100, 300), mapping::force,
                        mapping::deepSync)) {
                    segment.asSlice(100, 300).fill(++value);
                    way.run();
                    same("what was made durable", medium.durableBytes(), at + 100, filled(300, value));
                }
                mapping.copyPersist(100, filled(300, ++value), 0, 300);
                same("what was copied", medium.durableBytes(), at + 100, filled(300, value));
            }
        }
    }

    private static void words(Medium medium, View view) {
        view.putInt(64, 77);
        view.putLong(72, 78);
        view.setBits(80, 6);
        view.clearBits(80, 2);
        view.flush(64, 24);
        medium.drain();
        if (view.segment().get(ValueLayout.JAVA_INT, 64) != 77 || view.segment().get(ValueLayout.JAVA_LONG, 72) != 78
                || view.segment().get(ValueLayout.JAVA_LONG, 80) != 4) {
            throw new IllegalStateException("a word is not what was stored");
        }
    }

    private static void plainVerbs() {
        MemorySegment bytes = bytes(1000);
        try (MemoryMedium medium = MemoryMedium.create(SIZE_BYTES)) {
            View view = medium.data();
            view.stream(100, bytes, 0, 1000);
            same("stream", view.segment(), 100, bytes);
            view.streamZeros(100, 500);
            same("stream zeros", view.segment(), 100, Arena.ofAuto().allocate(500, 64));
            words(medium, view);
        }
    }

    private static FormatOptions format() {
        return new FormatOptions("device", new UUID(7, 8), 1, 2, Play.JOURNAL_BLOCKS, 0, 0, 1);
    }

    private static OpenOptions options(boolean readOnly) {
        return new OpenOptions(readOnly, () -> 1 << 20, false);
    }

    /// A file in memory, where there is a file system for that.
    private static Path file() throws IOException {
        Path shared = Path.of("/dev/shm");
        return Files.isWritable(shared) ? Files.createTempFile(shared, "stele-mutants", ".tmp")
                : Files.createTempFile("stele-mutants", ".tmp");
    }

    private void volume(Recorder recorder) throws IOException {
        Path path = file();
        Files.delete(path);
        try {
            Medium medium = Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT.withAsPmem(true));
            Volume.format(medium, format());
            recorder.requireArrived("behind mkfs");
            Ground ground = new Ground(Volume.open(medium, options(false)));
            ground.create("a");
            ground.append("a", 9000);
            ground.write("a", 10, 100, Volume.Durability.DEFERRED);
            ground.volume.close();
            recorder.requireArrived("behind a close");
            // Fails where the log is not empty.
            try (Medium again = Media.open(path, MediumOptions.DEFAULT.withAsPmem(true).withReadOnly(true))) {
                if (Snapshot.of(Volume.open(again, options(true))).isEmpty() || !Check.run(again).isClean()) {
                    throw new IllegalStateException("the volume is not what it was when it was closed");
                }
            }
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private void mapping(Recorder recorder) throws ReflectiveOperationException {
        try (MemoryMedium medium = MemoryMedium.createAsPmem(SIZE_BYTES)) {
            Volume.format(medium, format());
            Volume volume = Volume.open(medium, options(false));
            Ground ground = new Ground(volume);
            ground.create("a");
            ground.append("a", 9000);
            long inode = volume.lookup(volume.root(), Name.of("a"));
            try (Arena arena = Arena.ofShared(); DaxMapping mapping = mapping(volume, inode, arena)) {
                MemorySegment segment = mapping.segment();
                segment.asSlice(100, 300).fill((byte) 7);
                mapping.persist(100, 300);
                recorder.require("persist", segment, 100, 300);
                segment.asSlice(5000, 300).fill((byte) 8);
                mapping.flush(5000, 300);
                mapping.drain();
                recorder.require("flush and drain", segment, 5000, 300);
                mapping.persist(0, 0);
                recorder.requireArrived("mapping");
            }
        }
    }

    private void imageMapping(Recorder recorder) throws IOException, ReflectiveOperationException {
        Path path = file();
        try {
            Files.write(path, new byte[(int) SIZE_BYTES]);
            Medium medium = Media.openImage(path, MediumOptions.DEFAULT);
            Volume.format(medium, format());
            Volume volume = Volume.open(medium, options(false));
            Ground ground = new Ground(volume);
            ground.create("a");
            ground.append("a", 9000);
            volume.sync();
            try (Arena arena = Arena.ofShared();
                    DaxMapping mapping = mapping(volume, volume.lookup(volume.root(), Name.of("a")), arena)) {
                mapping.segment().asSlice(100, 300).fill((byte) 7);
                int before = recorder.effectCount();
                mapping.persist(100, 300);
                if (recorder.effects().stream().skip(before).noneMatch(each -> each.content() == null)) {
                    throw new IllegalStateException("a mapping of a file was persisted without a sync of the file");
                }
            }
            volume.close();
        } finally {
            Files.deleteIfExists(path);
        }
    }

    /// As the files of the public interface make it, which stands on the provider of the whole program.
    private static DaxMapping mapping(Volume volume, long inode, Arena arena) throws ReflectiveOperationException {
        Constructor<DaxMapping> made = DaxMapping.class.getDeclaredConstructor(Volume.class, long.class,
                SyncErrors.class, long.class, MapMode.class, MappedRange.class, Runnable.class);
        made.setAccessible(true);
        volume.pin(inode);
        MappedRange range = volume.map(inode, 0, 9000, MapMode.READ_WRITE, null, arena);
        return made.newInstance(volume, inode, volume.errorsOf(inode), 0L, MapMode.READ_WRITE, range,
                (Runnable) () -> { });
    }

    private static void segment(Recorder recorder, Granularity granularity) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(64 << 10, 4096);
            use(PersistentMemory.of(segment, granularity), granularity == Granularity.BYTE ? null : recorder);
        }
    }

    private void fileSegment(Recorder recorder) throws IOException {
        // On a disk, where temporary files are not in memory: only there the kernel is asked for more than an msync.
        Path path = Files.createTempFile("stele-mutants", ".tmp");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofShared()) {
            channel.write(ByteBuffer.allocate(1), (64 << 10) - 1);
            MemorySegment segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, 64 << 10, arena);
            PersistentMemory memory = PersistentMemory.of(segment, Granularity.PAGE);
            use(memory, recorder);
            if (memory.kind() == PersistentMemory.Kind.FILE) {
                segment.asSlice(8192, 4096).fill((byte) 6);
                memory.deepPersist(8192, 4096);
                recorder.require("deep persist", segment, 8192, 4096);
            }
        } finally {
            Files.deleteIfExists(path);
        }
    }

    /// @param recorder null where nothing has to be done to make stores last
    private static void use(PersistentMemory memory, Recorder recorder) {
        MemorySegment segment = memory.segment();
        MemorySegment bytes = bytes(12_000);
        segment.asSlice(100, 300).fill((byte) 3);
        memory.persist(100, 300);
        require(recorder, "persist", segment, 100, 300);
        segment.asSlice(100, 300).fill((byte) 4);
        memory.flush(100, 300);
        memory.drain();
        require(recorder, "flush and drain", segment, 100, 300);
        for (PersistentMemory.Way way : List.of(PersistentMemory.Way.BY_SIZE, PersistentMemory.Way.TEMPORAL,
                PersistentMemory.Way.NON_TEMPORAL)) {
            for (int count : new int[] {8, 700, 9000}) {
                memory.copyPersist(4096, bytes, way.ordinal(), count, way);
                same("copy " + way, segment, 4096, bytes.asSlice(way.ordinal(), count));
                require(recorder, "copy and persist " + way, segment, 4096, count);
                memory.copy(20_000, bytes, way.ordinal(), count, way);
                memory.drain();
                same("copy " + way, segment, 20_000, bytes.asSlice(way.ordinal(), count));
                require(recorder, "copy " + way, segment, 20_000, count);
                for (byte value : new byte[] {9, 0}) {
                    memory.fill(32_768, count, value, way);
                    memory.drain();
                    same("fill " + way, segment, 32_768, filled(count, value));
                    require(recorder, "fill " + way, segment, 32_768, count);
                }
            }
        }
        memory.fillPersist(40_000, 700, (byte) 5);
        require(recorder, "fill and persist", segment, 40_000, 700);
        if (recorder != null) {
            recorder.requireArrived("at the end");
        }
    }

    private static MemorySegment filled(long count, byte value) {
        MemorySegment filled = Arena.ofAuto().allocate(count, 64);
        filled.fill(value);
        return filled;
    }

    private static void require(Recorder recorder, String what, MemorySegment segment, long at, long count) {
        if (recorder != null) {
            recorder.require(what, segment, at, count);
        }
    }

    private static void simulatedSegment() {
        try (SimMedium medium = SimMedium.create(64 << 10)) {
            PersistentMemory memory = PersistentMemory.of(medium.data().segment());
            MemorySegment bytes = bytes(12_000);
            for (PersistentMemory.Way way : List.of(PersistentMemory.Way.BY_SIZE, PersistentMemory.Way.TEMPORAL,
                    PersistentMemory.Way.NON_TEMPORAL)) {
                for (int count : new int[] {8, 700, 9000}) {
                    memory.copyPersist(4096, bytes, way.ordinal(), count, way);
                    same("copy " + way, medium.durableBytes(), 4096, bytes.asSlice(way.ordinal(), count));
                    memory.fill(32_768, count, (byte) count, way);
                    memory.drain();
                    same("fill " + way, medium.durableBytes(), 32_768, filled(count, (byte) count));
                    memory.fillPersist(32_768, count, (byte) (count + 1));
                    same("fill and persist", medium.durableBytes(), 32_768, filled(count, (byte) (count + 1)));
                }
            }
            memory.copy(100, bytes, 0, 500, PersistentMemory.Way.NO_FLUSH);
            memory.persist(100, 500);
            same("persist", medium.durableBytes(), 100, bytes.asSlice(0, 500));
            memory.copy(1100, bytes, 0, 500, PersistentMemory.Way.NO_FLUSH);
            memory.flush(1100, 500);
            memory.drain();
            same("flush and drain", medium.durableBytes(), 1100, bytes.asSlice(0, 500));
        }
    }
}
