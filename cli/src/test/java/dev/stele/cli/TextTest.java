package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void aNameCannotSteerTheTerminal() {
        assertEquals("a\\x1b[2Jb\\nc", Text.printable("a\u001b[2Jb\nc"));
        assertEquals("größe 😀", Text.printable("größe 😀"));
    }

    @Test
    void countsAreInEnglish() {
        assertEquals("1 file", Text.count(1, "file"));
        assertEquals("12,345 files", Text.count(12345, "file"));
        assertEquals("0 directories", Text.count(0, "directory"));
    }

    @Test
    void tableColumnsLineUp() {
        Table table = new Table("name", ">count");
        table.row("a", 5);
        table.row("longer", 12345);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream printer = new PrintStream(out, true, StandardCharsets.UTF_8);
        table.print(printer);
        assertEquals("""
                name    count
                a           5
                longer  12345
                """, out.toString(StandardCharsets.UTF_8));
    }
}
