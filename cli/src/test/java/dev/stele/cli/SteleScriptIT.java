package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged command as a user calls it: `./stele`, each call a process of its own.
class SteleScriptIT {
    @TempDir
    Path directory;

    private record Result(int code, String out, String err) {
    }

    private static Path script() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("stele")) || !Files.exists(at.resolve("cli/pom.xml"))) {
            at = at.getParent();
        }
        return at.resolve("stele");
    }

    private ProcessBuilder command(Object... arguments) {
        List<String> words = new ArrayList<>(List.of(script().toString()));
        List.of(arguments).forEach(argument -> words.add(argument.toString()));
        ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().put("STELE_NO_BUILD", "1"); // the build that runs this test has just built it
        return builder;
    }

    private Result run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        assertTrue(process.waitFor(10, TimeUnit.MINUTES), "hangs");
        Result result = new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        return result;
    }

    private Result run(Object... arguments) throws IOException, InterruptedException {
        return run(command(arguments));
    }

    private void ok(Object... arguments) throws IOException, InterruptedException {
        Result result = run(arguments);
        assertEquals("", result.err);
        assertEquals(0, result.code);
    }

    @Test
    void theWholeWay() throws Exception {
        ok("mkfs", "pool.stele", "16M");
        Files.createDirectories(directory.resolve("tree/größe"));
        Files.writeString(directory.resolve("tree/größe/naïve 😀.txt"), "text\n");
        ok("import", "tree", "pool.stele:/t");
        assertEquals("größe\n", run("ls", "pool.stele:/t").out);
        assertEquals("text\n", run("cat", "pool.stele:/t/größe/naïve 😀.txt").out);
        ok("export", "pool.stele:/t", "back");
        assertEquals("text\n", Files.readString(directory.resolve("back/größe/naïve 😀.txt")));
        ok("check", "pool.stele");
    }

    @Test
    void namesSurviveTheCLocale() throws Exception {
        ok("mkfs", "pool.stele", "16M");
        Files.writeString(directory.resolve("größe"), "text\n");
        ProcessBuilder copy = command("cp", "größe", "pool.stele:/");
        copy.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        copy.environment().put("LC_ALL", "C");
        assertEquals(new Result(0, "", ""), run(copy));
        assertEquals("größe\n", run("ls", "pool.stele:/").out);
    }

    @Test
    void anOldJavaHomeIsPassedOver() throws Exception {
        Path old = Files.createDirectories(directory.resolve("old jdk/bin")).getParent();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.writeString(old.resolve("bin/java"), "#!/bin/sh\necho old; exit 99\n");
        assertTrue(old.resolve("bin/java").toFile().setExecutable(true));
        ProcessBuilder version = command("--version");
        version.environment().put("JAVA_HOME", old.toString());
        version.environment().put("JAVA25_HOME", System.getProperty("java.home"));
        Result result = run(version);
        assertEquals(0, result.code, result.err);
        assertTrue(result.out.startsWith("stele "), result.out);
    }

    @Test
    void worksThroughASymbolicLinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("linked"), script());
        ProcessBuilder linked = new ProcessBuilder(link.toString(), "--version").directory(directory.toFile());
        linked.environment().put("STELE_NO_BUILD", "1");
        Result result = run(linked);
        Files.delete(link);
        assertEquals(0, result.code, result.err);
    }

    @Test
    void exitCodesReachTheShell() throws Exception {
        assertEquals(0, run("--help").code);
        assertEquals(2, run("ls", "pool.stele").code);
        assertEquals(1, run("ls", "missing.stele:/").code);
        assertEquals(8, run("check", "missing.stele").code);
        assertEquals(16, run("check").code);
        Files.writeString(directory.resolve("text"), "no volume\n".repeat(1000));
        assertEquals(8, run("check", "text").code);
        Result text = run("ls", "text:/");
        assertEquals(1, text.code);
        assertEquals(1, text.err.lines().count(), text.err);
    }

    @Test
    void strategiesWritesATable() throws Exception {
        ok("strategies", "--quick", "-n", "1", "--json", "strategies.json");
        assertEquals(8 * 4, Files.readString(directory.resolve("strategies.json")).lines()
                .filter(line -> line.startsWith("  {\"case\": \"")).count());
    }

    /// What makes a short command quick: its classes come from the archive that is made once after each build.
    @Test
    void aShortCommandHasItsClassesPrepared() throws Exception {
        ok("mkfs", "pool.stele", "16M");
        run("info", "pool.stele"); // makes the archive where the build just replaced the jar
        ProcessBuilder info = command("info", "pool.stele");
        info.environment().put("STELE_JAVA_OPTS", "-Xlog:class+load:file=classes.log");
        assertEquals(0, run(info).code);
        for (String name : List.of("Main", "InfoCommand")) {
            assertTrue(Files.readAllLines(directory.resolve("classes.log")).stream().anyMatch(
                    line -> line.contains("dev.stele.cli." + name + " source: shared objects file")), name);
        }
    }

    /// A second opener is told who has the volume; the owner's death frees it.
    @Test
    void oneProcessOwnsAVolume() throws Exception {
        ok("mkfs", "pool.stele", "64M");
        Path large = directory.resolve("large");
        try (var channel = java.nio.channels.FileChannel.open(large, java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {1}), 1L << 40); // keeps the owner reading zeros for long
        }
        Process owner = command("cp", "large", "pool.stele:/").start();
        Thread.sleep(1000);
        try {
            Result second = run("ls", "pool.stele:/");
            for (int i = 0; i < 100 && second.code == 0; i++) {
                if (!owner.isAlive()) {
                    // It came while the other had the volume, and was refused itself.
                    owner = command("cp", "large", "pool.stele:/").start();
                    Thread.sleep(1000);
                }
                second = run("ls", "pool.stele:/");
            }
            assertEquals(1, second.code, second.out);
            assertEquals(1, second.err.lines().count(), second.err);
            assertTrue(second.err.contains(Long.toString(owner.pid())), second.err + " names " + owner.pid());
        } finally {
            owner.descendants().forEach(ProcessHandle::destroyForcibly);
            owner.destroyForcibly().waitFor();
        }
        ok("ls", "-l", "pool.stele:/");
        ok("check", "pool.stele");
        assertFalse(run("rm", "-f", "pool.stele:/large").err.contains("owner"));
    }
}
