package dev.stele.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What CONTRIBUTING.md asks of every source file, where a program can check it.
class TidyTest {
    private static final int LINE_WIDTH = 120;
    private static final Set<String> TEXT = Set.of("java", "md", "xml", "sh", "properties", "yml", "editorconfig");

    // Put together here so that this file does not break its own rules.
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern SWITCHED_OFF = Pattern.compile("@Dis" + "abled\\b|@Igno" + "re\\b");
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![A-Za-z0-9_.*])/(work|ro" + "ot|home/[a-z]+)/");

    @Test
    void findsTheSources() {
        assertTrue(Project.javaFiles().size() > 10, "too few files to have read the project");
    }

    @Test
    void linesFitTheWidth() {
        assertNone("wider than " + LINE_WIDTH, Project.javaFiles(), line -> line.length() > LINE_WIDTH);
    }

    @Test
    void noTabs() {
        assertNone("tab", Project.javaFiles(), line -> line.indexOf('\t') >= 0);
    }

    @Test
    void noTrailingBlanks() {
        assertNone("trailing blank", Project.javaFiles(), line -> line.endsWith(" "));
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertNone("unfinished", Project.javaFiles(), line -> UNFINISHED.matcher(line).find());
    }

    @Test
    void noTestIsSwitchedOff() {
        assertNone("switched off", Project.javaFiles(), line -> SWITCHED_OFF.matcher(line).find());
    }

    @Test
    void nothingNamesTheMachineItWasWrittenOn() {
        assertNone("path of one machine", textFiles(), line -> MACHINE_PATH.matcher(line).find());
    }

    @Test
    void everyPackageSaysWhatItIsFor() {
        List<String> silent = Project.javaFiles().stream().filter(file -> file.toString().contains("src/main/java"))
                .map(Path::getParent).distinct()
                .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
                .map(directory -> Project.root().relativize(directory).toString()).toList();
        assertEquals(List.of(), silent);
    }

    private static List<Path> textFiles() {
        return Project.files().stream().filter(TidyTest::isText).toList();
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 || TEXT.contains(name.substring(dot + 1));
    }

    private interface Rule {
        boolean isBrokenBy(String line);
    }

    private static void assertNone(String what, List<Path> files, Rule rule) {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            int number = 0;
            for (String line : Project.read(file).split("\n", -1)) {
                number++;
                if (rule.isBrokenBy(line)) {
                    found.add(Project.root().relativize(file) + ":" + number + ": " + what);
                }
            }
        }
        assertEquals(List.of(), found);
    }
}
