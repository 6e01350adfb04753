package dev.stele.model;

import dev.stele.medium.Medium;
import dev.stele.medium.UnflushedMedium;

/// E10, A7: the model where flushing is disabled underneath, and the volume does not know.
class VolumeModelWithoutFlushTest extends VolumeModelContract {
    @Override
    Medium create(long sizeBytes) {
        return new UnflushedMedium(sizeBytes);
    }

    @Override
    int shorter() {
        return 20;
    }
}
