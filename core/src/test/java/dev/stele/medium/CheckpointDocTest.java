package dev.stele.medium;

import dev.stele.format.LayoutTables;
import org.junit.jupiter.api.Test;

class CheckpointDocTest {
    @Test
    void theTableIsThatOfTheLayout() {
        LayoutTables.compare("CheckpointHeader", CheckpointHeader.LAYOUT);
    }
}
