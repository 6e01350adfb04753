package dev.stele.mapping;

import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;

class MemoryMappingsTest extends MappingsContract {
    @Override
    Medium create() {
        return MemoryMedium.create(SIZE_BYTES);
    }
}
