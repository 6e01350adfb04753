package dev.stele.crash.junit;

import dev.stele.api.PersistentMemory;
import dev.stele.api.Stele;
import dev.stele.medium.sim.SimMedium;
import dev.stele.nio.DaxFileSystem;
import dev.stele.nio.DaxFileSystemProvider;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// A simulated medium as the user's methods see it: the arguments for their parameters.
sealed interface Door {
    /// How a kind of medium is made and opened.
    enum Kind {
        MEMORY(Set.of(PersistentMemory.class, MemorySegment.class, SimulatedFile.class), 64 << 10, 4096),
        VOLUME(Set.of(Stele.class, FileSystem.class, Path.class), 2 << 20, 1 << 20);

        final Set<Class<?>> types;
        final long defaultBytes;
        final long leastBytes;

        Kind(Set<Class<?>> types, long defaultBytes, long leastBytes) {
            this.types = types;
            this.defaultBytes = defaultBytes;
            this.leastBytes = leastBytes;
        }

        /// Makes an empty volume of what must be one.
        void format(SimMedium medium) {
            switch (this) {
                case MEMORY -> { }
                case VOLUME -> VolumeDoor.format(medium);
            }
        }

        /// Opens it, which of a volume is its recovery.
        Door open(SimMedium medium) {
            return switch (this) {
                case MEMORY -> new MemoryDoor(medium);
                case VOLUME -> VolumeDoor.open(medium);
            };
        }
    }

    Object argument(Class<?> type);

    /// Closes what was opened, as far as that can be: a check may have damaged it.
    void close();

    /// Bare memory.
    record MemoryDoor(SimMedium medium, PersistentMemory memory) implements Door {
        MemoryDoor(SimMedium medium) {
            this(medium, PersistentMemory.of(medium.data().segment()));
        }

        @Override
        public Object argument(Class<?> type) {
            if (type == PersistentMemory.class) {
                return memory;
            }
            return type == MemorySegment.class ? memory.segment()
                    : new SimulatedFile(Path.of("/proc/self/fd/" + medium.descriptor()));
        }

        @Override
        public void close() {
        }
    }

    /// A volume, with a clock of its own and without threads, so that the same happens each time.
    record VolumeDoor(DaxFileSystem files) implements Door {
        private static final long NOW_NANOS = 1_700_000_000_000_000_000L;
        private static final AtomicLong COUNT = new AtomicLong();

        static void format(SimMedium medium) {
            Volume.format(medium, new FormatOptions("", new UUID(0x57E1E, 1), 1, 2, 0, 0, 0, NOW_NANOS));
        }

        static VolumeDoor open(SimMedium medium) {
            AtomicLong clock = new AtomicLong(NOW_NANOS);
            Volume volume = Volume.open(medium, new OpenOptions(false, () -> clock.addAndGet(1000), false));
            String name = "crash-lab-" + COUNT.incrementAndGet();
            return new VolumeDoor(DaxFileSystemProvider.installed().mount(volume, name));
        }

        @Override
        public Object argument(Class<?> type) {
            if (type == Stele.class) {
                return Stele.of(files);
            }
            return type == FileSystem.class ? files : files.getPath("/");
        }

        @Override
        public void close() {
            try {
                files.close();
            } catch (IOException | RuntimeException damaged) {
                // What a cut left, or a check did, need not be closable; the verdict is given already.
            }
        }
    }
}
