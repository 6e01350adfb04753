package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stele.cpu.Granularity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The contract on persistent memory, where there is some: `-Dstele.fsdax=DIR` names a directory on a file system
/// mounted with `dax`. `integration/run` runs it on two, in an emulated machine.
class FsdaxMediumTest extends MediumContract {
    private static final String DIRECTORY = System.getProperty("stele.fsdax", "");
    private final List<Path> made = new ArrayList<>();

    @Override
    Medium create() throws Exception {
        assumeTrue(!DIRECTORY.isEmpty(), "no persistent memory: -Dstele.fsdax=DIR is not given");
        Path path = Path.of(DIRECTORY, "stele-test-" + ProcessHandle.current().pid() + "-" + made.size());
        made.add(path);
        return Media.create(path, SIZE_BYTES, MediumOptions.DEFAULT);
    }

    @AfterEach
    void clean() throws Exception {
        for (Path each : made) {
            Files.deleteIfExists(each);
        }
    }

    @Test
    void isDurableLineByLine() throws Exception {
        Medium medium = medium();
        assertEquals(Granularity.CACHE_LINE, medium.granularity());
        assertTrue(medium.isDurable());
        assertTrue(medium.description().startsWith("fsdax file "));
    }
}
