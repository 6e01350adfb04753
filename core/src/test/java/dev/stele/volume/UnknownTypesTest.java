package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Inode;
import dev.stele.medium.MemoryMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// P7: an inode that was whole when it was first read may be overwritten later, where a damaged bitmap gave its block
/// to another file. Whoever asks for its type then is told, whatever stands there.
class UnknownTypesTest {
    private static final long NOW = 1_700_000_000_000_000_000L;
    private static final int NO_TYPE = 0150000;

    private final MemoryMedium medium = MemoryMedium.create(1 << 20);
    private Volume volume;
    private long file;

    @BeforeEach
    void build() {
        Volume.format(medium, new FormatOptions("types", new UUID(1, 2), 3, 4, 0, 1, 1, NOW));
        volume = Volume.open(medium, new OpenOptions(false, () -> NOW, false));
        file = volume.create(volume.root(), Name.of("file"), 0644, 1, 1);
        volume.attributes(file, new Attributes());
    }

    private void overwrite(int mode) {
        Inode.mode(medium.metadata().segment(), Inode.at(file), mode);
    }

    private void assertTold(Consumer<Volume> operation) {
        overwrite(NO_TYPE | 0644);
        CorruptionException told = assertThrows(CorruptionException.class, () -> operation.accept(volume));
        assertEquals("inode.mode", told.struct());
        assertEquals(Inode.at(file), told.at());
    }

    private void assertGone(Consumer<Volume> operation) {
        overwrite(0);
        VolumeException told = assertThrows(VolumeException.class, () -> operation.accept(volume));
        assertEquals(Errno.ESTALE, told.errno());
    }

    private void link(Volume linked) {
        linked.link(file, linked.root(), Name.of("other"));
    }

    private void stat(Volume asked) {
        asked.attributes(file, new Attributes());
    }

    private void write(Volume asked) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(10);
            asked.write(file, 0, buffer, 0, 10, Volume.Durability.DEFERRED);
        }
    }

    @Test
    void linkingToOne() {
        assertTold(this::link);
    }

    @Test
    void theAttributesOfOne() {
        assertTold(this::stat);
    }

    @Test
    void readingOneAsASymbolicLink() {
        assertTold(asked -> asked.readlink(file));
    }

    @Test
    void writingToOne() {
        assertTold(this::write);
    }

    /// A slot that is free is what a reader without a lock may come upon in a whole volume: no damage.
    @Test
    void aFreeSlotIsNoDamage() {
        assertGone(this::stat);
        assertGone(asked -> asked.readlink(file));
        overwrite(0100644);
        stat(volume);
        link(volume);
    }
}
