package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    private record Point(int x, String name) {
    }

    @Test
    void anArrayOfObjectsHasOneLineForEach() {
        assertEquals("""
                [
                  {"x": 1, "name": "a"},
                  {"x": 2, "name": null}
                ]
                """, Json.of(List.of(new Point(1, "a"), new Point(2, null))));
    }

    @Test
    void anObjectHasOneLineForEachMember() {
        assertEquals("""
                {
                  "a": 1,
                  "b": true,
                  "c": [1, "two", null],
                  "d": {
                    "e": 1.5
                  }
                }
                """, Json.of(Json.object("a", 1L, "b", true, "c", Arrays.asList(1, "two", null),
                        "d", Map.of("e", 1.5))));
    }

    @Test
    void emptyThings() {
        assertEquals("[]\n", Json.of(List.of()));
        assertEquals("{}\n", Json.of(Map.of()));
    }

    @Test
    void stringsAreEscaped() {
        assertEquals("\"\\\"\\\\\\n\\r\\t\\u0001é😀\"\n", Json.of("\"\\\n\r\t\u0001é😀"));
        assertEquals("\"\\ud800x\\udc00\"\n", Json.of("\ud800x\udc00"), "halves of a pair alone");
    }

    @Test
    void numbersThatJsonHasNot() {
        assertEquals("null\n", Json.of(Double.NaN));
    }
}
