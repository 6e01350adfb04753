package dev.stele.nio;

import static dev.stele.nio.Home.exists;
import static dev.stele.nio.Home.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of walks where a directory on the way goes between two of their steps, and its number to another; and
/// of what a walk has found where directories on its way, or elsewhere, go later.
class WalkTest {
    private Home.Fixture fixture;
    private Path dir;
    private Path x;
    private Path y;
    private Volume volume;

    @BeforeEach
    void open() throws IOException {
        fixture = Home.STELE.open();
        dir = fixture.directory();
        volume = ((DaxFileSystem) dir.getFileSystem()).volume();
        x = Files.createDirectory(dir.resolve("x"));
        y = dir.resolve("y");
    }

    @AfterEach
    void close() throws IOException {
        Walk.OF_THREAD.remove();
        fixture.close();
    }

    private long numberOf(Path path) {
        try {
            return (Long) Files.getAttribute(path, "unix:ino");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private interface Event {
        void run() throws IOException;
    }

    /// This thread's walks, with something that happens once, when one of them has found an inode, or when it has ended
    /// there and is noted.
    private static final class Disturbed extends Walk {
        private final long inode;
        private final boolean atEnd;
        private final Event event;
        private boolean happened;
        private int steps;

        Disturbed(long inode, boolean atEnd, Event event) {
            this.inode = inode;
            this.atEnd = atEnd;
            this.event = event;
        }

        @Override
        void pass(long found) {
            super.pass(found);
            steps++;
            if (found == inode && !atEnd) {
                happen();
            }
        }

        @Override
        long[] passed() {
            long[] passed = super.passed();
            if (passed[passed.length - 1] == inode && atEnd) {
                happen();
            }
            return passed;
        }

        private void happen() {
            if (!happened) {
                happened = true;
                OF_THREAD.set(new Walk());
                try {
                    event.run();
                } catch (IOException e) {
                    throw new AssertionError(e);
                } finally {
                    OF_THREAD.set(this);
                }
            }
        }
    }

    private Disturbed when(long inode, Event event) {
        return when(inode, false, event);
    }

    private Disturbed when(long inode, boolean atEnd, Event event) {
        Disturbed walk = new Disturbed(inode, atEnd, event);
        Walk.OF_THREAD.set(walk);
        return walk;
    }

    /// `x` goes, and `y`, which has its number, gets what `x` never had.
    private Disturbed whenXIsFoundItGoes(boolean atEnd) {
        long number = numberOf(x);
        return when(number, atEnd, () -> {
            Files.delete(x);
            Files.createDirectory(y);
            assertEquals(number, numberOf(y), "the slot is used again at once, or this shows nothing");
            Files.createDirectory(y.resolve("d"));
            write(y.resolve("f"), "of y");
            write(y.resolve("d/f"), "of y");
        });
    }

    /// No path of these has been walked before.
    private void assertNothingThere(Path way) throws IOException {
        assertNothingThere(way.resolve("f"), false);
        assertNothingThere(way.resolve("d/f"), false);
    }

    private void assertNothingThere(Path file, boolean atEnd) throws IOException {
        assertAstray(atEnd, () -> assertFalse(exists(file)));
        assertAstray(atEnd, () -> assertThrows(NoSuchFileException.class, () -> Files.isSameFile(file, dir)));
        assertAstray(atEnd, () -> assertThrows(NoSuchFileException.class, () -> Files.readString(file)));
        if (!atEnd) {
            assertAstray(false, () -> assertThrows(NoSuchFileException.class, () -> file.toRealPath()));
        }
        assertAstray(atEnd, () -> assertThrows(NoSuchFileException.class, () -> Files.delete(file)));
        assertAstray(atEnd, () -> assertThrows(NoSuchFileException.class, () -> Files.move(file, dir.resolve("z"))));
        assertAstray(atEnd, () -> assertThrows(
                NoSuchFileException.class, () -> Files.createFile(file.resolveSibling("new"))));
        assertAstray(atEnd, () -> assertThrows(
                NoSuchFileException.class, () -> Files.createDirectory(file.resolveSibling("new"))));
        assertAstray(atEnd, () -> assertThrows(
                NoSuchFileException.class, () -> Files.createSymbolicLink(file.resolveSibling("new"), y)));
        Path source = write(dir.resolve("source"), "");
        assertAstray(atEnd, () -> assertThrows(
                NoSuchFileException.class, () -> Files.move(source, file.resolveSibling("new"))));
        assertTrue(exists(source));
    }

    private void assertAstray(boolean atEnd, Event check) throws IOException {
        Disturbed walk = whenXIsFoundItGoes(atEnd);
        check.run();
        assertTrue(walk.happened, "nobody walked there");
        Walk.OF_THREAD.remove();
        assertEquals("of y", Files.readString(y.resolve("d/f")));
        assertEquals("of y", Files.readString(y.resolve("f")));
        assertFalse(exists(y.resolve("new")) || exists(y.resolve("d/new")));
        Files.delete(y.resolve("d/f"));
        Files.delete(y.resolve("d"));
        Files.delete(y.resolve("f"));
        Files.delete(y);
        Files.createDirectory(x);
    }

    @Test
    void aNumberThatBecomesAnothersDuringTheWalkLeadsNobodyAstray() throws IOException {
        assertNothingThere(x);
    }

    @Test
    void norBetweenTheWalkAndTheOperation() throws IOException {
        assertNothingThere(x.resolve("f"), true);
    }

    /// Slowly, because of the dot, and because of the link.
    @Test
    void norDuringAWalkThatLooksForLinks() throws IOException {
        assertNothingThere(x.resolve("."));
        assertNothingThere(Files.createSymbolicLink(dir.resolve("link"), x));
    }

    /// That something is missing may be said of the directory that has the number now.
    @Test
    void whatIsMissingInAnotherIsNotMissingHere() throws IOException {
        long number = numberOf(x);
        Disturbed walk = when(number, () -> {
            Files.delete(x);
            Files.createDirectory(y);
            assertEquals(number, numberOf(y), "the slot is used again at once, or this shows nothing");
            Files.createDirectories(x.resolve("d"));
            write(x.resolve("d/f"), "of x");
        });
        assertTrue(exists(x.resolve("d/f")));
        assertTrue(walk.happened, "nobody walked there");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void norIsItWhereAFileHasTheNumberNow(boolean atEnd) throws IOException {
        Path file = atEnd ? x.resolve("f") : x.resolve("d/f");
        long number = numberOf(x);
        Disturbed walk = when(number, atEnd, () -> {
            Files.delete(x);
            write(y, "");
            assertEquals(number, numberOf(y), "the slot is used again at once, or this shows nothing");
            write(Files.createDirectories(file.getParent()).resolve("f"), "of x");
        });
        assertEquals("of x", Files.readString(file));
        assertTrue(walk.happened, "nobody walked there");
    }

    /// An operation meets what has the number now, and is done again where its name leads.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOperationIsDoneAgainWhereTheNameLeadsNow(boolean isFile) throws IOException {
        long number = numberOf(x);
        Disturbed walk = when(number, true, () -> {
            Files.delete(x);
            if (isFile) {
                write(y, "");
            } else {
                Files.createDirectory(y);
            }
            assertEquals(number, numberOf(y), "the slot is used again at once, or this shows nothing");
            Files.createDirectory(x);
        });
        Files.createDirectory(x.resolve("made"));
        assertTrue(walk.happened, "nobody walked there");
        assertTrue(exists(x.resolve("made")));
    }

    @Test
    void whatAWalkFoundWhileADirectoryOnItsWayWasMovedIsNotRemembered() throws IOException {
        Path file = Files.createDirectory(x.resolve("d")).resolve("f");
        write(file, "of x");
        Disturbed walk = when(numberOf(x), () -> Files.move(x, y));
        // Where its name led when the walk began.
        assertTrue(exists(dir.resolve("x/d/f")));
        assertTrue(walk.happened, "nobody walked there");
        Path known = dir.resolve("x/d/f");
        Walk.OF_THREAD.remove();
        Files.move(y, x);
        walk = when(numberOf(x), () -> Files.move(x, y));
        exists(known);
        assertTrue(walk.happened, "nobody walked there");
        assertFalse(exists(known));
    }

    @Test
    void aWalkIsTakenOnceWhateverGoesElsewhere() throws IOException {
        Path file = write(Files.createDirectory(x.resolve("d")).resolve("f"), "of x");
        Disturbed walk = when(0, () -> { });
        assertTrue(exists(file));
        Path elsewhere = dir.resolve("elsewhere");
        int steps = walk.steps;
        for (int i = 0; i < 10; i++) {
            volume.mkdir(volume.root(), Name.of("elsewhere"), 0755, 0, 0);
            volume.rename(volume.root(), Name.of("elsewhere"), volume.root(), Name.of("there"),
                    Volume.RenameMode.REPLACE);
            volume.rmdir(volume.root(), Name.of("there"));
            assertTrue(exists(file));
        }
        assertEquals(steps, walk.steps, "steps of walks");
        Files.move(x, elsewhere);
        assertFalse(exists(file));
        assertNotEquals(steps, walk.steps, "steps of walks");
    }

    /// Two levels above the directory that is known.
    @Test
    void oneFurtherUpIsMoved() throws IOException {
        Path file = write(Files.createDirectories(x.resolve("b/c")).resolve("f"), "of x");
        assertTrue(exists(file));
        Files.move(x, y);
        assertFalse(exists(file));
        assertTrue(exists(y.resolve("b/c/f")));
        Files.createDirectories(x.resolve("b/c"));
        assertFalse(exists(file));
    }

    @Test
    void oneFurtherUpTakesAnothersPlace() throws IOException {
        Path file = write(Files.createDirectories(x.resolve("b/c")).resolve("f"), "of x");
        Path missing = Files.createDirectories(y.resolve("b/c")).resolve("f");
        assertTrue(exists(file));
        assertFalse(exists(missing));
        long parent = numberOf(dir);
        volume.rename(parent, Name.of("x"), parent, Name.of("y"), Volume.RenameMode.EXCHANGE);
        assertFalse(exists(file));
        assertEquals("of x", Files.readString(missing));
    }

    @Test
    void oneFurtherUpIsReplaced() throws IOException {
        Path file = write(Files.createDirectories(x.resolve("b/c")).resolve("f"), "of x");
        assertTrue(exists(file));
        Files.createDirectory(y);
        long parent = numberOf(dir);
        volume.rename(parent, Name.of("x"), parent, Name.of("y"), Volume.RenameMode.REPLACE);
        assertFalse(exists(file));
        assertEquals("of x", Files.readString(y.resolve("b/c/f")));
    }

    /// Far more than there are stripes behind [Volume#isSame]: each directory looks as if it had gone.
    @Test
    void soManyGoThatAllLookAsIfTheyHad() throws IOException {
        Path file = write(Files.createDirectory(x.resolve("d")).resolve("f"), "of x");
        assertTrue(exists(file));
        Path many = Files.createDirectory(dir.resolve("many"));
        for (int i = 0; i < 5_000; i++) {
            Files.createDirectory(many.resolve("d" + i));
        }
        long before = volume.removals();
        for (int i = 0; i < 5_000; i++) {
            Files.delete(many.resolve("d" + i));
        }
        assertFalse(volume.isSame(numberOf(x), before), "or this shows nothing");
        assertEquals("of x", Files.readString(file));
        write(file.resolveSibling("g"), "too");
        Files.delete(file);
        assertFalse(exists(file));
    }

    /// More directories than a walk first has room for.
    @Test
    void aLongWay() throws IOException {
        Path deep = Files.createDirectories(x.resolve("d/".repeat(40)));
        Path file = write(deep.resolve("f"), "deep");
        assertTrue(exists(file));
        Disturbed walk = when(0, () -> { });
        assertTrue(exists(file));
        assertEquals(0, walk.steps, "steps of walks");
        Files.move(deep.getParent(), y);
        assertFalse(exists(file));
        assertEquals("deep", Files.readString(y.resolve("d/f")));
    }
}
