package dev.stele.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// docs/dax.md is complete and true: it has a row for every rule of Linux DAX, and each row names a test that exists
/// and says that it shows this rule, or says why there is none.
class DaxTableTest {
    /// Groups of rules and how many there are of each; those behind a dash are written with one.
    private static final Map<String, Integer> GROUPS = Map.of("A", 7, "B", 12, "C", 16, "D", 15, "E", 12,
            "F-", 11, "W-", 10, "T-", 9, "S-", 7, "I-", 7);
    private static final Map<String, Integer> MORE_GROUPS = Map.of("P-", 9, "R-", 6, "X-", 6, "H-", 5);
    private static final Pattern ROW = Pattern.compile("^\\| ([A-Z]-?[0-9]{1,2}) \\|(.*)\\|$");
    private static final Pattern CITATION = Pattern.compile("`([A-Z]\\w*(?:Test|Contract|IT))(?:#(\\w+))?`");
    private static final int SHORTEST_WORDS = 10;
    private static final int SHORTEST_REASON = 20;

    private record Row(String rule, String linux, String here, String shownBy) {
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String line : Project.read(Project.root().resolve("docs/dax.md")).split("\n")) {
            Matcher matcher = ROW.matcher(line);
            if (matcher.matches()) {
                String[] cells = matcher.group(2).split("\\|", -1);
                assertEquals(3, cells.length, "cells of the row of " + matcher.group(1));
                rows.add(new Row(matcher.group(1), cells[0].strip(), cells[1].strip(), cells[2].strip()));
            }
        }
        return rows;
    }

    private static Set<String> allRules() {
        Set<String> rules = new TreeSet<>();
        for (Map<String, Integer> groups : List.of(GROUPS, MORE_GROUPS)) {
            groups.forEach((group, count) -> {
                for (int number = 1; number <= count; number++) {
                    rules.add(group + number);
                }
            });
        }
        return rules;
    }

    @Test
    void everyRuleHasOneRow() {
        List<String> found = rows().stream().map(Row::rule).sorted().toList();
        assertEquals(allRules().stream().sorted().toList(), found);
    }

    @Test
    void everyRowSaysWhatLinuxDoesAndWhatIsDoneHere() {
        for (Row row : rows()) {
            assertTrue(row.linux.length() >= SHORTEST_WORDS, row.rule + " says nothing of Linux");
            assertTrue(row.here.length() >= SHORTEST_WORDS, row.rule + " says nothing of what is done here");
        }
    }

    /// A row without a test says in words what stands in its place.
    @Test
    void everyRowNamesATestOrSaysWhyThereIsNone() {
        for (Row row : rows()) {
            assertTrue(CITATION.matcher(row.shownBy).find() || row.shownBy.startsWith("no test: ")
                    && row.shownBy.length() >= "no test: ".length() + SHORTEST_REASON, row.rule + ": " + row.shownBy);
        }
    }

    @Test
    void everyTestNamedExistsAndSaysThatItShowsTheRule() {
        Map<String, String> sources = sources();
        List<String> wrong = new ArrayList<>();
        for (Row row : rows()) {
            Matcher citation = CITATION.matcher(row.shownBy);
            while (citation.find()) {
                String fault = fault(row.rule, sources.get(citation.group(1)), citation.group(2));
                if (fault != null) {
                    wrong.add(row.rule + ": " + citation.group() + " " + fault);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /// The rules of this test find what they are for.
    @Test
    void aStaleCitationIsFound() {
        String source = """
                /// Of all kinds (B2).
                class SomeTest {
                    /// A1, C7.
                    @Test
                    void shows() {
                    }

                    @Test
                    void other() {
                        // D1
                    }
                }
                """;
        assertEquals(null, fault("A1", source, "shows"));
        assertEquals(null, fault("C7", source, "shows"));
        assertEquals(null, fault("B2", source, "other"));
        assertEquals(null, fault("D1", source, "other"));
        assertEquals(null, fault("D1", source, null));
        assertEquals("does not mention the rule", fault("A1", source, "other"));
        assertEquals("does not mention the rule", fault("A", source, null));
        assertEquals("does not mention the rule", fault("C-7", source, null));
        assertEquals("has no such method", fault("A1", source, "gone"));
        assertEquals("does not exist", fault("A1", null, null));
    }

    /// @return what is wrong with naming this test as showing the rule, null for nothing
    private static String fault(String rule, String source, String method) {
        if (source == null) {
            return "does not exist";
        }
        String where = source;
        if (method != null) {
            int at = positionOf(method, source);
            if (at < 0) {
                return "has no such method";
            }
            where = headOf(source) + around(source, at);
        }
        Pattern mention = Pattern.compile("(?<![\\w-])" + Pattern.quote(rule) + "(?![\\w-])");
        return mention.matcher(where).find() ? null : "does not mention the rule";
    }

    private static int positionOf(String method, String source) {
        Matcher matcher = Pattern.compile("^    \\S[^\\n=]*\\b" + method + "\\(", Pattern.MULTILINE).matcher(source);
        return matcher.find() ? matcher.start() : -1;
    }

    /// What is said of the class as a whole.
    private static String headOf(String source) {
        Matcher matcher = Pattern.compile("^(?:\\w+ )*class ", Pattern.MULTILINE).matcher(source);
        return matcher.find() ? source.substring(0, matcher.start()) : "";
    }

    /// A method with the comments and annotations above it.
    private static String around(String source, int at) {
        int from = Math.max(source.lastIndexOf("\n\n", at), source.lastIndexOf("{\n", at));
        int to = source.indexOf("\n    }\n", at);
        return source.substring(Math.max(from, 0), to < 0 ? source.length() : to);
    }

    private static Map<String, String> sources() {
        return Project.javaFiles().stream().filter(file -> file.toString().contains("src/test/java"))
                .collect(Collectors.toMap(DaxTableTest::className, Project::read, (a, b) -> a + b, HashMap::new));
    }

    private static String className(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }
}
