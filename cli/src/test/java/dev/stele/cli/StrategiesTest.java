package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `stele strategies`: what it prints and writes. What it counts is held by the core's own tests.
class StrategiesTest {
    private static final List<String> CASES = List.of("one-page-of-1GiB", "nothing-new", "other-file-dirty", "growing",
            "msync-one-page", "small-random-writes", "small-random-stores", "sparse-64-of-1GiB");
    private static final List<String> WAYS = List.of("IMMEDIATE", "VOLUME", "FILE", "EVERYTHING");
    private static final Pattern ROW = Pattern.compile(
            "  \\{\"case\": \"([^\"]+)\", \"strategy\": \"([A-Z]+)\", \"lines\": ([0-9]+), \"nanos\": ([0-9]+)},?");

    @TempDir
    Path directory;

    private record Row(String name, String way, long lines, long nanos) {
    }

    private static List<Row> rows(String json) {
        List<String> lines = json.lines().toList();
        assertEquals("[", lines.getFirst());
        assertEquals("]", lines.getLast());
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            Matcher row = ROW.matcher(line);
            assertTrue(row.matches(), line);
            rows.add(new Row(row.group(1), row.group(2), Long.parseLong(row.group(3)), Long.parseLong(row.group(4))));
        }
        return rows;
    }

    @Test
    void tableAndJsonHaveEveryCaseEachWay() throws IOException {
        Path file = directory.resolve("strategies.json");
        String table = Captured.ok("strategies", "--quick", "-n", "1", "--json", file).out();
        List<Row> rows = rows(Files.readString(file));
        List<String> expected = CASES.stream().flatMap(name -> WAYS.stream().map(way -> name + " " + way)).toList();
        assertEquals(expected, rows.stream().map(row -> row.name + " " + row.way).toList());
        for (Row row : rows) {
            assertTrue(row.nanos > 0, row.toString());
            assertEquals(row.way.equals("EVERYTHING"), row.lines == (16 << 20) / 64 && !row.way.equals("FILE"),
                    row.toString());
        }
        CASES.forEach(name -> assertTrue(table.contains("\n" + name + ": "), table));
        assertTrue(table.contains("\nStores through a mapping: "), table);
        assertTrue(table.contains("times faster"), table);
    }

    @Test
    void jsonToStandardOutputIsAllThereIs() {
        assertEquals(CASES.size() * WAYS.size(),
                rows(Captured.ok("strategies", "--size", "16M", "-n", "1", "--json", "-").out()).size());
    }

    @Test
    void wrongArgumentsAreOneLine() {
        Captured.fails(1, "from 1 up, not 0", "strategies", "-n", "0");
        Captured.fails(1, "16M or more", "strategies", "--size", "15M");
        Captured.fails(1, "whole pages", "strategies", "--size", "16777217");
        Captured.fails(1, "give one of the two", "strategies", "--quick", "--size", "1G");
        Captured.fails(2, "is not a size", "strategies", "--size", "many");
        Captured.fails(2, "'x'", "strategies", "--seed", "x");
        Captured.fails(1, directory.resolve("missing").toString(),
                "strategies", "--quick", "--json", directory.resolve("missing/file"));
    }

    @Test
    void moreThanTheMemoryThereIsIsRefused() {
        Captured.fails(1, "run it with --quick", "strategies", "--size", "1000000G");
        Captured.fails(1, "run it with --quick", "strategies", "--size", "4E");
    }

    @Test
    void aControlGroupsLimitCounts() throws IOException {
        Path system = Files.writeString(directory.resolve("meminfo"),
                "MemTotal:        9000000 kB\nMemAvailable:    5000000 kB\n");
        Path group = Files.createDirectory(directory.resolve("group"));
        assertEquals(5_000_000L << 10, FreeMemory.bytes(system, group));
        Files.writeString(group.resolve("memory.max"), "max\n");
        Files.writeString(group.resolve("memory.current"), "1000\n");
        assertEquals(5_000_000L << 10, FreeMemory.bytes(system, group));
        Files.writeString(group.resolve("memory.max"), "1073741824\n");
        assertEquals((1 << 30) - 1000, FreeMemory.bytes(system, group));
        assertEquals(Long.MAX_VALUE, FreeMemory.bytes(directory.resolve("none"), directory));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 ns", "812, 812 ns", "999, 999 ns", "1000, 1.00 us", "4254, 4.25 us", "13149, 13.1 us",
            "999499, 999 us", "999500, 1.00 ms", "189400000, 189 ms", "2070000000, 2.07 s", "75000000000, 75.0 s"})
    void timesHaveThreePlaces(long nanos, String text) {
        assertEquals(text, Nanos.format(nanos));
    }
}
