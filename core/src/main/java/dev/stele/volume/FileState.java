package dev.stele.volume;

import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Harvester;
import dev.stele.mapping.BlockHolds;
import dev.stele.mapping.Mappings;
import dev.stele.space.Space;
import dev.stele.space.Window;
import java.util.UUID;

/// What a file needs in memory once it is written or mapped: room set aside for its appends, its live mappings, and
/// which of its pages were stored to but may not be durable.
final class FileState {
    final Window window = new Window();
    final Mappings mappings;
    final DirtyIndex dirty = new DirtyIndex();
    private final Space space;
    private final UUID volume;
    private final long inode;

    FileState(Core core, long inode) {
        this.volume = core.identity.uuid();
        this.inode = inode;
        this.space = core.space;
        this.mappings = new Mappings(core.medium, new BlockHolds() {
            @Override
            public void hold(long mediumBlock, long count) {
                core.space.hold(mediumBlock, count);
            }

            @Override
            public void release(long mediumBlock, long count) {
                core.space.release(mediumBlock, count);
            }
        }, dirty, core.mmu);
    }

    /// Whether forgetting this would lose nothing.
    boolean isIdle() {
        return mappings.isEmpty() && dirty.isIdle();
    }

    /// What finds stores through mappings.
    Harvester harvester() {
        if (mappings.isEmpty()) {
            return Harvester.NONE;
        }
        return HarvestEvent.isOn() ? HarvestEvent.told(volume, inode, mappings) : mappings;
    }

    /// Gives back what was set aside.
    void close() {
        space.drop(window);
    }
}
