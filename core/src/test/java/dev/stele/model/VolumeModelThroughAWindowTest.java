package dev.stele.model;

import dev.stele.medium.Medium;
import dev.stele.medium.sim.WindowedMedium;

/// E2: the model on a device of which 8 KiB are seen at a time.
class VolumeModelThroughAWindowTest extends VolumeModelContract {
    @Override
    Medium create(long sizeBytes) {
        return WindowedMedium.create(sizeBytes, 8192);
    }

    @Override
    int shorter() {
        return 20;
    }
}
