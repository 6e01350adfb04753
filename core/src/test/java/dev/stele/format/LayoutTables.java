package dev.stele.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The tables in docs/format.md, each between `<!-- layout NAME -->` and `<!-- end -->`: offset, length and name of
/// every field come from the layout, what it means from the document. `-Dstele.doc.write=true` writes them anew.
public final class LayoutTables {
    private static final boolean WRITES = Boolean.getBoolean("stele.doc.write");
    private static final String HEAD = "| offset | bytes | field | meaning |\n|---:|---:|---|---|\n";

    private LayoutTables() {
    }

    /// @throws AssertionError where the table and the layout differ, or a field has no meaning
    public static void compare(String name, StructLayout layout) {
        Path path = document();
        String text = read(path);
        String begin = "<!-- layout " + name + " -->\n";
        int from = text.indexOf(begin);
        assertFalse(from < 0, "docs/format.md has no table for " + name);
        from += begin.length();
        int to = text.indexOf("<!-- end -->", from);
        String table = render(layout, meanings(text.substring(from, to)));
        if (WRITES) {
            write(path, text.substring(0, from) + table + text.substring(to));
        } else {
            assertEquals(table, text.substring(from, to), "docs/format.md, " + name + " (-Dstele.doc.write=true)");
            assertFalse(table.contains("|  |"), name + ": a field without a meaning in docs/format.md");
        }
    }

    private static String render(StructLayout layout, Map<String, String> meanings) {
        StringBuilder table = new StringBuilder(HEAD);
        long offset = 0;
        for (MemoryLayout member : layout.memberLayouts()) {
            String field = member.name().orElseThrow();
            String meaning = field.startsWith("reserved") || field.equals("zero") ? "0"
                    : meanings.getOrDefault(field, "");
            table.append("| ").append(offset).append(" | ").append(member.byteSize()).append(" | ").append(field)
                    .append(" | ").append(meaning).append(" |\n");
            offset += member.byteSize();
        }
        return table.toString();
    }

    private static Map<String, String> meanings(String table) {
        Map<String, String> meanings = new HashMap<>();
        for (String line : table.split("\n")) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 6) {
                meanings.put(cells[3].strip(), cells[4].strip());
            }
        }
        return meanings;
    }

    /// docs/format.md, found upwards from where the tests run.
    static Path document() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.exists(directory.resolve("docs/format.md"))) {
            directory = directory.getParent();
        }
        if (directory == null) {
            throw new AssertionError("no docs/format.md above the working directory");
        }
        return directory.resolve("docs/format.md");
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path path, String text) {
        try {
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
