package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the command says to somebody who does not know it yet.
class UsageTest {
    private static final List<String> COMMANDS = List.of("quickstart", "mkfs", "info", "check", "grow", "df", "ls",
            "tree", "stat", "cat", "cp", "mv", "rm", "ln", "mkdir", "import", "export", "fences", "strategies",
            "crash", "bench", "completion");

    @TempDir
    Path directory;

    @Test
    void withoutArgumentsItListsEveryCommand() {
        Captured bare = Captured.ok();
        COMMANDS.forEach(name -> assertTrue(bare.out().contains("\n  " + name), name));
        assertEquals(bare.out(), Captured.ok("--help").out());
    }

    @Test
    void everyCommandExplainsItself() {
        for (String name : COMMANDS) {
            String help = Captured.ok(name, "--help").out();
            assertTrue(help.contains("Usage: stele " + name), help);
            assertTrue(help.lines().allMatch(line -> line.length() <= 120), help);
        }
    }

    @Test
    void unknownCommandsAndOptionsAreOneLine() {
        Captured.fails(2, "lss", "lss");
        Captured.fails(2, "--bogus", "ls", "--bogus", "a:/");
        Captured.fails(2, "IMAGE:/PATH", "ls");
        Captured.fails(16, "IMAGE", "check");
    }

    /// What is missing is not to be asked for because of what is wrong.
    @Test
    void anUnknownOptionIsNamedAlsoWhereOperandsAreMissing() {
        for (String command : COMMANDS) {
            if (!command.equals("bench")) { // takes what it does not know for its own program
                Captured.fails(command.equals("check") ? 16 : 2, "'--nonsense'", command, "--nonsense");
            }
        }
        Captured.fails(2, "'--nonsense'", "cp", "a", "--nonsense");
        Captured.fails(2, "'-z'", "rm", "-z");
        Captured.fails(2, "'--nonsense'", "crash", "images", "--nonsense");
    }

    @Test
    void whereOperandsAreMissingTheUsageIsSaid() {
        for (String command : List.of("cp", "mv")) {
            Captured.fails(2, ": needs SOURCE... TARGET (see", command);
            Captured.fails(2, ": needs SOURCE... TARGET (see", command, "a.img:/a");
        }
        Captured.fails(2, ": needs DIRECTORY IMAGE[:/PATH] (see", "import");
        Captured.fails(2, ": needs DIRECTORY IMAGE[:/PATH] (see", "import", "a");
        Captured.fails(2, ": needs IMAGE (see", "mkfs");
        Captured.fails(2, "'--count'", "crash", "--count");
    }

    @Test
    void helpIsWhatPeopleTryFirst() {
        assertEquals(Captured.ok("--help").out(), Captured.ok("help").out());
        assertEquals(Captured.ok("ls", "--help").out(), Captured.ok("help", "ls").out());
        assertEquals(Captured.ok("crash", "images", "--help").out(), Captured.ok("help", "crash", "images").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "tree", "stat", "cat", "rm", "mkdir"})
    void aPathWithoutColonAndSlashIsExplained(String command) {
        Captured.fails(2, "write image:/path, for the root pool.stele:/", command, "pool.stele");
    }

    @Test
    void anImageThatIsNotThere() {
        Path missing = directory.resolve("missing.stele");
        for (String command : List.of("ls", "tree", "stat", "cat", "rm")) {
            Captured.fails(1, "no such image; `stele mkfs", command, missing + ":/");
        }
        Captured.fails(1, "no such image", "info", missing);
        Captured.fails(1, "no such image", "df", missing);
        Captured.fails(1, "no such image", "grow", missing, "1G");
        Captured.fails(8, "no such image", "check", missing);
    }

    @Test
    void aDirectoryIsNoImage() {
        Captured.fails(1, "is a directory", "ls", directory + ":/");
        Captured.fails(1, "is a directory", "info", directory);
        Captured.fails(8, "is a directory", "check", directory);
    }

    /// Its own program is started by the script; here it is only named.
    @Test
    void theBenchmarkSaysHowItIsStarted() {
        Captured.fails(1, "./stele bench", "bench", "--quick", "read-4k");
    }

    @Test
    void cpOfHostFilesAloneIsNotItsJob() {
        Captured.fails(1, "none of these is in a volume", "cp", "a", "b");
    }

    @Test
    void debugShowsWhere() {
        Captured result = Captured.run("--debug", "ls", directory + ":/");
        assertTrue(result.err().contains("\tat dev.stele.cli."), result.err());
        assertFalse(Captured.run("ls", directory + ":/").err().contains("\tat "));
    }

    /// What `stele completion` prints must be a script that bash reads and that knows the commands.
    @Test
    void theCompletionScriptWorksInBash() throws Exception {
        String script = Captured.ok("completion").out();
        COMMANDS.forEach(name -> assertTrue(script.contains(name), name));
        Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        try (var in = bash.outputWriter()) {
            in.write(script);
        }
        String said = new String(bash.getInputStream().readAllBytes());
        assertTrue(bash.waitFor(120, TimeUnit.SECONDS));
        assertEquals("", said);
        assertEquals(0, bash.exitValue());
    }
}
