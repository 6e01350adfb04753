package dev.stele.model;

import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;

/// E10: the model on memory that never needs a flush, granularity BYTE.
class VolumeModelOnVolatileMemoryTest extends VolumeModelContract {
    @Override
    Medium create(long sizeBytes) {
        return MemoryMedium.create(sizeBytes);
    }

    @Override
    int shorter() {
        return 20;
    }
}
