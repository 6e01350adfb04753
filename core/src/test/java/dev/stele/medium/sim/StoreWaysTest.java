package dev.stele.medium.sim;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Two ways to the same promise: bytes that go past the cache, and bytes stored in it whose lines are then flushed.
class StoreWaysTest {
    private static final long SIZE_BYTES = 4096;

    private interface Way {
        void store(View view, long at, MemorySegment bytes, long byteCount);
    }

    /// What a power cut may leave of the range, by the point at which it comes.
    private static Map<String, Set<String>> imagesOf(Way way, long at, long byteCount) {
        Map<String, Set<String>> images = new TreeMap<>();
        try (SimMedium medium = SimMedium.create(SIZE_BYTES); Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(byteCount).fill((byte) 'n');
            try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).exhaustiveTo(1 << 12).check(
                    image -> image, (image, same, point) -> images.computeIfAbsent(point.name(),
                            name -> new HashSet<>()).add(text(image)))) {
                way.store(medium.data(), at, bytes, byteCount);
                cuts.at("0 stored");
                medium.drain();
                cuts.at("1 drained");
                assertEquals(cuts.coverage().points(), cuts.coverage().exhaustivePoints());
            }
        }
        return images;
    }

    private static String text(SimMedium image) {
        StringBuilder text = new StringBuilder();
        for (long at = 0; at < 256; at++) {
            byte value = image.metadata().segment().get(JAVA_BYTE, at);
            text.append(value == 0 ? '.' : (char) value);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({"0, 8", "60, 8", "0, 64", "24, 64", "50, 30", "8, 80"})
    @DisplayName("E7: streamed, or stored and flushed: durable after one drain, and not before")
    void afterTheDrainBothAreDurable(long at, long byteCount) {
        Map<String, Set<String>> streamed = imagesOf(
                (view, to, bytes, count) -> view.stream(to, bytes, 0, count), at, byteCount);
        Map<String, Set<String>> flushed = imagesOf((view, to, bytes, count) -> {
            view.put(to, bytes, 0, count);
            view.flush(to, count);
        }, at, byteCount);
        String whole = ".".repeat((int) at) + "n".repeat((int) byteCount) + ".".repeat((int) (256 - at - byteCount));
        for (Map<String, Set<String>> images : List.of(streamed, flushed)) {
            assertEquals(Set.of(whole), images.get("1 drained"));
            assertEquals(Set.of(whole), images.get("after a drain"));
            assertTrue(images.get("0 stored").contains(".".repeat(256)), "nothing may have arrived");
            assertTrue(images.get("0 stored").contains(whole), "everything may have arrived");
            for (String each : images.get("0 stored")) {
                assertWordsAreOldOrNew(each, whole);
            }
        }
        assertTrue(streamed.get("0 stored").containsAll(flushed.get("0 stored")),
                "what goes past the cache knows less order, not more");
    }

    private static void assertWordsAreOldOrNew(String image, String whole) {
        for (int word = 0; word < 256; word += (int) JAVA_LONG.byteSize()) {
            String found = image.substring(word, word + 8);
            assertTrue(found.equals(".".repeat(8)) || found.equals(whole.substring(word, word + 8)), image);
        }
    }
}
