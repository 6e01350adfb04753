package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaxUriTest {
    @Test
    void splitsAtTheExclamationMark() {
        DaxUri uri = DaxUri.parse(URI.create("dax:///srv/pool.stele!/dir/file"));
        assertEquals("/srv/pool.stele", uri.location());
        assertEquals("/dir/file", uri.inside());
        assertEquals(Path.of("/srv/pool.stele"), uri.pool());
        assertEquals(uri, DaxUri.parse(URI.create("DAX:/srv/pool.stele!/dir/file")));
        assertEquals("/a!b", DaxUri.parse(URI.create("dax:///srv/pool.stele!/a!b")).inside());
    }

    @Test
    void aVolumeIsItsRoot() {
        for (String text : List.of("dax:///srv/pool.stele", "dax:///srv/pool.stele!", "dax:///srv/pool.stele!/")) {
            DaxUri uri = DaxUri.parse(URI.create(text));
            assertEquals("/srv/pool.stele", uri.location());
            assertTrue(uri.isRoot());
        }
    }

    @Test
    void whatIsSpecialIsEscaped() {
        Path pool = Path.of("/srv/a b!c%d/pööl?");
        String location = DaxUri.location(pool);
        assertTrue(location.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '!' && c != '?'), location);
        assertEquals(pool, DaxUri.parse(URI.create("dax://" + location + "!/x")).pool());
    }

    @Test
    void refusesWhatIsNone() {
        for (String text : List.of("file:///srv/pool.stele!/", "dax:pool.stele", "dax:///srv/pool.stele!x",
                "dax:///srv/pool.stele!/a?query", "dax:///srv/pool.stele!/a#fragment", "pool.stele")) {
            assertThrows(IllegalArgumentException.class, () -> DaxUri.parse(URI.create(text)), text);
        }
    }
}
