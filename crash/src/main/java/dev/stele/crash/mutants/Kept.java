package dev.stele.crash.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The mutants that are let live, with the reason for each: lines of `name of mutant | reason` in a file beside this
/// class.
final class Kept {
    private static final String FILE = "survivors.txt";

    private final Map<String, String> reasons = new LinkedHashMap<>();

    Kept() {
        try (InputStream in = Kept.class.getResourceAsStream(FILE)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank())
                    .filter(line -> !line.startsWith("#")).forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String line) {
        int bar = line.indexOf(" | ");
        if (bar < 0 || reasons.put(line.substring(0, bar).strip(), line.substring(bar + 3).strip()) != null) {
            throw new IllegalStateException(FILE + " wants `mutant | reason`, each mutant once: " + line);
        }
    }

    /// @return why it may live; null where it may not
    String reason(Mutant mutant) {
        return reasons.get(mutant.name());
    }

    Map<String, String> all() {
        return Collections.unmodifiableMap(reasons);
    }
}
