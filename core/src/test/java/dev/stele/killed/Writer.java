package dev.stele.killed;

import dev.stele.medium.Media;
import dev.stele.medium.MediumOptions;
import dev.stele.node.Name;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// The process that is killed: goes on where the last one ended, step by step, and says on standard output which step
/// is durable. A step appends to a log, makes a file and removes an old one, and overwrites a word in place.
public final class Writer {
    static final int KEPT = 40;
    static final int WORDS = 512;
    static final int MAX_BYTES = 9000;

    private final Volume volume;
    private final MemorySegment buffer = Arena.ofAuto().allocate(MAX_BYTES, 64);
    private final long log;
    private final long words;
    private final long files;

    Writer(Volume volume) {
        this.volume = volume;
        this.log = findOrCreate("log");
        this.words = findOrCreate("words");
        long directory = volume.lookup(volume.root(), Name.of("files"));
        this.files = directory != 0 ? directory : volume.mkdir(volume.root(), Name.of("files"), 0755, 0, 0);
    }

    private long findOrCreate(String name) {
        long inode = volume.lookup(volume.root(), Name.of(name));
        return inode != 0 ? inode : volume.create(volume.root(), Name.of(name), 0644, 0, 0);
    }

    static Volume open(Path image) {
        return Volume.open(Media.open(image, MediumOptions.DEFAULT),
                new OpenOptions(false, () -> System.currentTimeMillis() * 1_000_000, true));
    }

    /// @param arguments the image, and the number of the first step
    public static void main(String[] arguments) {
        Writer writer = new Writer(open(Path.of(arguments[0])));
        System.out.println("open");
        for (long step = Long.parseLong(arguments[1]); ; step++) {
            writer.step(step);
            if (step % 3 == 0) {
                writer.volume.sync();
                System.out.println(step);
            }
        }
    }

    static int length(long step) {
        return 1 + (int) (step * 2654435761L >>> 7 & 0x7FFFFFFF) % (MAX_BYTES - 1);
    }

    static byte at(long step, int index) {
        return (byte) (step * 31 + index * 7L + 1);
    }

    private void step(long step) {
        int count = length(step);
        for (int i = 0; i < count; i++) {
            buffer.set(ValueLayout.JAVA_BYTE, i, at(step, i));
        }
        // A step that an earlier process did may be done again, not all of it having become durable.
        require(count, volume.write(log, step * MAX_BYTES, buffer, 0, count, Durability.DEFERRED));
        Name name = Name.of("f" + step);
        long file = volume.lookup(files, name);
        file = file != 0 ? file : volume.create(files, name, 0644, 0, 0);
        volume.truncate(file, 0);
        require(0, volume.append(file, buffer, 0, count, Durability.DEFERRED));
        Name old = Name.of("f" + (step - KEPT));
        if (volume.lookup(files, old) != 0) {
            volume.unlink(files, old);
        }
        buffer.set(ValueLayout.JAVA_LONG, 0, step);
        require(8, volume.write(words, step % WORDS * 8, buffer, 0, 8,
                step % 4 == 0 ? Durability.DSYNC : Durability.DEFERRED));
        if (step > 400) {
            // From the start of the block that the last step shared, or one block of each step would stay for ever.
            long from = (step - 401) * MAX_BYTES & -4096L;
            volume.punchHole(log, from, (step - 400) * MAX_BYTES - from);
        }
    }

    /// A write may be short where the volume is full: this one never is.
    private static void require(long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException(actual + " instead of " + expected);
        }
    }
}
