package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A real file that keeps a record of every effect on it, and from the record makes what a disk may hold after a power
/// cut: everything written before the last sync that returned, and of what was written since any sectors at all. One
/// effect can be made to fail, before or after part of it was done.
final class RecordedFile implements BackingFile {
    private static final int SECTOR = 512;

    /// One effect in the order of the calls.
    sealed interface Effect {
        record Write(long at, byte[] content) implements Effect {
        }

        record Truncate(long sizeBytes) implements Effect {
        }

        record Sync() implements Effect {
        }
    }

    /// What goes wrong.
    ///
    /// @param index of the effect, counting from 0; allocations are no effects and fail by their own index
    /// @param done bytes of a failing write that are done nevertheless
    record Fault(int index, Errno errno, int done) {
    }

    private final OwnedFile file;
    private final byte[] initial;
    private final List<Effect> effects = new ArrayList<>();
    private Fault fault;
    private int failed;

    RecordedFile(OwnedFile file) {
        this.file = file;
        this.initial = content();
    }

    /// What the file holds now, synced or not.
    byte[] content() {
        MemorySegment all = java.lang.foreign.Arena.ofAuto().allocate(file.sizeBytes());
        file.read(all, 0);
        return all.toArray(JAVA_BYTE);
    }

    void fail(Fault next) {
        fault = next;
    }

    int effectCount() {
        return effects.size();
    }

    /// How often the fault struck.
    int failed() {
        return failed;
    }

    /// Says that the operating system is free to write these bytes of a shared mapping back from now on.
    void stored(MemorySegment content, long at) {
        effects.add(new Effect.Write(at, content.toArray(JAVA_BYTE)));
    }

    /// A disk after a cut between effect `index - 1` and effect `index`.
    byte[] cut(int index, Random random) {
        int synced = 0;
        for (int each = 0; each < index; each++) {
            if (effects.get(each) instanceof Effect.Sync) {
                synced = each + 1;
            }
        }
        // each cut has its own likelihood of a sector to arrive, with none and all among them
        double likelihood = Math.min(1, Math.max(0, random.nextDouble() * 1.5 - 0.25));
        byte[] disk = initial.clone();
        for (int each = 0; each < index; each++) {
            boolean certain = each < synced;
            switch (effects.get(each)) {
                case Effect.Write write -> disk = write(disk, write, certain, likelihood, random);
                case Effect.Truncate truncate -> {
                    if (certain || random.nextDouble() < likelihood) {
                        disk = Arrays.copyOf(disk, (int) truncate.sizeBytes());
                    }
                }
                case Effect.Sync() -> {
                }
            }
        }
        return disk;
    }

    private static byte[] write(byte[] disk, Effect.Write write, boolean certain, double likelihood, Random random) {
        byte[] content = write.content();
        byte[] after = disk;
        for (int from = 0; from < content.length; from += SECTOR) {
            if (certain || random.nextDouble() < likelihood) {
                int length = Math.min(SECTOR, content.length - from);
                int to = (int) write.at() + from;
                if (to + length > after.length) {
                    after = Arrays.copyOf(after, to + length);
                }
                System.arraycopy(content, from, after, to, length);
            }
        }
        return after;
    }

    private boolean strikes() {
        if (fault != null && effects.size() == fault.index && failed == 0) {
            failed++;
            return true;
        }
        return false;
    }

    private VolumeException failure() {
        return new VolumeException(fault.errno, "injected " + fault.errno);
    }

    @Override
    public long sizeBytes() {
        return file.sizeBytes();
    }

    @Override
    public long read(MemorySegment to, long at) {
        return file.read(to, at);
    }

    @Override
    public void write(MemorySegment from, long at) {
        if (strikes()) {
            MemorySegment part = from.asSlice(0, Math.min(from.byteSize(), fault.done));
            file.write(part, at);
            effects.add(new Effect.Write(at, part.toArray(JAVA_BYTE)));
            throw failure();
        }
        file.write(from, at);
        effects.add(new Effect.Write(at, from.toArray(JAVA_BYTE)));
    }

    @Override
    public void sync() {
        if (strikes()) {
            throw failure();
        }
        effects.add(new Effect.Sync());
    }

    @Override
    public void truncate(long sizeBytes) {
        if (strikes()) {
            throw failure();
        }
        file.truncate(sizeBytes);
        effects.add(new Effect.Truncate(sizeBytes));
    }

    @Override
    public void allocate(long at, long byteCount) {
        file.allocate(at, byteCount);
    }

    @Override
    public int descriptor() {
        return file.descriptor();
    }

    @Override
    public void close() {
        file.close();
    }
}
