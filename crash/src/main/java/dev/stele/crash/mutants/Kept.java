package dev.stele.crash.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is kept of mutants beside this class, in files of lines `name of mutant | text`: the reason for each that is
/// let live, or `open: ` and what is missing; and which scenario killed each of the others when somebody looked last,
/// to be asked first the next time.
final class Kept {
    private final String file;
    private final Map<String, String> texts = new LinkedHashMap<>();

    private Kept(String file) {
        this.file = file;
        try (InputStream in = Kept.class.getResourceAsStream(file)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank())
                    .filter(line -> !line.startsWith("#")).forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Why mutants may live.
    static Kept reasons() {
        return new Kept("survivors.txt");
    }

    /// Names of scenarios that killed mutants.
    static Kept killers() {
        return new Kept("killers.txt");
    }

    private void add(String line) {
        int bar = line.indexOf(" | ");
        if (bar < 0 || texts.put(line.substring(0, bar).strip(), line.substring(bar + 3).strip()) != null) {
            throw new IllegalStateException(file + " wants `mutant | text`, each mutant once: " + line);
        }
    }

    /// @return null where nothing is kept of it
    String of(Mutant mutant) {
        return texts.get(mutant.name());
    }

    Map<String, String> all() {
        return Collections.unmodifiableMap(texts);
    }
}
