package dev.stele.crash.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Layouts;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every structure of the format is damaged, and every field of it, also one that was added yesterday.
class KindTest {
    private static Set<StructLayout> layoutsOfTheFormat() throws Exception {
        URI place = Layouts.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        if (Files.isDirectory(Path.of(place))) {
            return layouts(Path.of(place));
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place), Map.of())) {
            return layouts(jar.getPath("/"));
        }
    }

    private static Set<StructLayout> layouts(Path classes) throws Exception {
        Set<StructLayout> layouts = new HashSet<>();
        for (String name : names(classes.resolve("dev/stele/format"))) {
            for (Field field : Class.forName("dev.stele.format." + name).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == StructLayout.class) {
                    field.setAccessible(true);
                    layouts.add((StructLayout) field.get(null));
                }
            }
        }
        return layouts;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length())).toList();
        }
    }

    @Test
    void everyStructureOfTheFormatIsAKind() throws Exception {
        Set<StructLayout> kinds = new HashSet<>();
        for (Kind kind : Kind.values()) {
            if (kind.layout != null) {
                kinds.add(kind.layout);
            }
        }
        assertTrue(kinds.size() >= 10, "too few structures");
        assertEquals(layoutsOfTheFormat(), kinds);
    }

    @Test
    void everyFieldOfEveryStructureIsSomewhereInTheCorpus() {
        Set<String> found = new TreeSet<>();
        for (Corpus each : Corpus.values()) {
            for (dev.stele.crash.images.Field field : Specimen.of(each).fields) {
                found.add(field.kind() + "." + field.name());
            }
        }
        for (Kind kind : Kind.values()) {
            for (MemoryLayout member : kind.layout == null ? List.<MemoryLayout>of() : kind.layout.memberLayouts()) {
                String name = kind + "." + member.name().orElseThrow();
                assertTrue(found.contains(name) || found.contains(name + "+0"), name + " is damaged nowhere");
            }
        }
        assertTrue(found.contains("ORPHAN_SLOT.slot0") && found.contains("BITMAP.blocks0"), found.toString());
    }
}
