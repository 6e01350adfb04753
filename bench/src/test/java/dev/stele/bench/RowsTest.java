package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Every quick row, once, on small files: what is counted is looked at, no time is.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RowsTest {
    /// Rows that compare with bare memory.
    private static final List<String> BARE_MEMORY = List.of("read-4k", "overwrite-4k", "map-load", "map-store");
    private static final Path MEMORY = Path.of("/dev/shm");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Bench.Report report;
    private Set<Path> leftBehind;
    private Map<String, RowResult> results;

    @BeforeAll
    void runEveryRow() throws Exception {
        Set<Path> before = beds();
        List<Measurement> plan = new ArrayList<>(Plan.of(List.of(), true));
        plan.addAll(Plan.of(BARE_MEMORY.stream().map(each -> "scale-raw-" + each).toList(), true));
        report = new Bench(new PrintStream(printed, true, StandardCharsets.UTF_8), Effort.TINY, Bed.Sizes.TINY, true, 1)
                .run(plan, true);
        leftBehind = beds();
        leftBehind.removeAll(before);
        results = report.results().stream().collect(Collectors.toMap(RowResult::name, each -> each));
    }

    private static Set<Path> beds() throws Exception {
        try (Stream<Path> files = Files.list(MEMORY)) {
            return files.filter(each -> each.getFileName().toString().startsWith("stele-bench-" + ownId()))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        }
    }

    /// Beds of other processes come and go.
    private static long ownId() {
        return ProcessHandle.current().pid();
    }

    @Test
    void namesAreThoseOfTheTable() {
        List<String> table = List.of("read-4k", "overwrite-4k", "append-4k-durable", "append-4k-fsync", "persist-64",
                "copy-persist-4k", "map-load", "map-store", "create", "rename", "unlink", "mkdir", "stat", "list-10k",
                "sparse-sync", "wal", "open", "scale");
        assertEquals(List.of(), table.stream().filter(each -> !results.containsKey(each)).toList());
    }

    @Test
    void goalsAreThoseOfTheTable() {
        assertGoal("read-4k", Peer.JDK_TMPFS, 3.0);
        assertGoal("overwrite-4k", Peer.JDK_TMPFS, 2.7);
        assertGoal("append-4k-durable", Peer.JDK_TMPFS, 4.0);
        assertGoal("append-4k-fsync", Peer.JDK_EXT4, 20);
        assertGoal("persist-64", Peer.LIBPMEM, 0.95);
        assertGoal("copy-persist-4k", Peer.LIBPMEM, 0.95);
        assertGoal("map-load", Peer.RAW_MEMORY, 0.97);
        assertGoal("map-store", Peer.RAW_MEMORY, 0.97);
        for (String name : List.of("create", "rename", "unlink", "mkdir")) {
            assertGoal(name, Peer.JDK_TMPFS, 5);
        }
        for (String name : List.of("stat", "list-10k")) {
            assertGoal(name, Peer.JDK_TMPFS, 3);
        }
        for (String name : List.of("create", "rename", "unlink", "mkdir", "stat", "list-10k")) {
            assertGoal(name, Peer.JIMFS, 1);
            assertGoal(name, Peer.MEMORY_FILE_SYSTEM, 1);
        }
        assertGoal("sparse-sync", Peer.FLUSH_EVERYTHING, 20);
        assertGoal("sparse-sync", Peer.JDK_EXT4, 10);
        assertGoal("wal", Peer.JDK_EXT4, 50);
        assertGoal("wal", Peer.JDK_TMPFS, 3.85);
        assertGoal("scale", Peer.SELF, 1.7);
        assertGoal("open", Peer.SELF, 1 / 1.5);
    }

    private void assertGoal(String name, String peer, double atLeast) {
        assertEquals(atLeast, results.get(name).goalFor(peer).orElseThrow().atLeast(), name + " " + peer);
    }

    /// A peer is missing only where the run says so.
    @Test
    void everyGoalHasItsPeerOrAReason() {
        List<String> silent = new ArrayList<>();
        for (RowResult each : report.results()) {
            for (Goal goal : each.goals()) {
                boolean isSkipped = report.skipped().stream().anyMatch(reason -> goal.peer().startsWith(
                        reason.substring(0, reason.indexOf(':'))));
                if (!each.ratios().containsKey(goal.peer()) && !isSkipped) {
                    silent.add(each.name() + " " + goal.peer());
                }
            }
        }
        assertEquals(List.of(), silent);
    }

    /// Whatever may come out, a reader is told why; some peers are so far behind that it always is a yes.
    @Test
    void aGoalThatIsNotReachedHasAReasonOfItsOwn() {
        List<String> silent = new ArrayList<>();
        for (RowResult each : report.results()) {
            for (Goal goal : each.goals()) {
                boolean isFarBehind = goal.peer().startsWith(Peer.JDK_EXT4)
                        || List.of("stat jdk-tmpfs", "list-10k jdk-tmpfs", "open self")
                                .contains(each.name() + " " + goal.peer());
                if (!isFarBehind && goal.whyMissed().length() < 40) {
                    silent.add(each.name() + " " + goal.peer() + " " + goal.whyMissed());
                }
            }
        }
        assertEquals(List.of(), silent);
    }

    /// What the machine gives to two threads stands beside what Stele makes of it, and is no goal of Stele's.
    @Test
    void twoThreadsWithBareMemoryAreMeasuredToo() {
        for (String name : Stream.concat(BARE_MEMORY.stream(), Stream.of("compute")).toList()) {
            RowResult floor = results.get("scale-raw-" + name);
            assertEquals(Set.of(Peer.SELF), floor.ratios().keySet());
            assertEquals(List.of(), floor.goals());
            assertEquals(0, floor.costs().fences() + floor.costs().lines() + floor.costs().ntBytes());
        }
    }

    /// P1: each of these drains once.
    @Test
    void durableOperationsHaveOneFence() {
        for (String name : List.of("append-4k-durable", "persist-64", "copy-persist-4k", "create", "rename", "unlink",
                "mkdir", "wal", "overwrite-4k", "append-4k-fsync")) {
            assertEquals(1, results.get(name).costs().fences(), name);
        }
    }

    /// P3: nothing is sent to memory by who only looks.
    @Test
    void readingStoresNothing() {
        for (String name : List.of("read-4k", "map-load", "stat", "list-10k")) {
            Costs costs = results.get(name).costs();
            assertEquals(0, costs.fences() + costs.lines() + costs.ntBytes(), name);
        }
    }

    @Test
    void timesAndRatiosArePositiveAndInOrder() {
        for (RowResult each : report.results()) {
            assertOrdered(each.name(), each.stele());
            each.peers().values().forEach(peer -> assertOrdered(each.name(), peer));
            each.ratios().values().forEach(ratio -> assertOrdered(each.name(), ratio));
        }
    }

    private static void assertOrdered(String name, Summary summary) {
        assertTrue(summary.p10() > 0 && summary.p10() <= summary.median() && summary.median() <= summary.p90(),
                name + " " + summary);
    }

    @Test
    void aLineIsPrintedForEachPeer() {
        String text = printed.toString(StandardCharsets.UTF_8);
        for (RowResult each : report.results()) {
            assertTrue(text.contains("\n" + each.name() + " "), each.name());
            each.peers().keySet().forEach(peer -> assertTrue(text.contains(peer), peer));
        }
    }

    /// M6: no file, no mount, no loop device.
    @Test
    void nothingIsLeftBehind() throws Exception {
        assertEquals(Set.of(), leftBehind);
        assertFalse(Files.readString(Path.of("/proc/self/mounts")).contains("stele-bench-" + ownId()));
        try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
            for (Path each : devices.toList()) {
                Path backing = each.resolve("loop/backing_file");
                assertFalse(Files.exists(backing) && Files.readString(backing).contains("stele-bench-" + ownId()));
            }
        }
    }

    @Test
    void groupsAndRowsCanBeAskedFor() {
        assertEquals(List.of("stat"), names(Plan.of(List.of("stat"), true)));
        assertEquals(List.of("sparse-sync", "wal", "open"), names(Plan.of(List.of("open", "sync"), false)));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Plan.of(List.of("speed"), false))
                .getMessage().contains("'speed'"));
    }

    private static List<String> names(List<Measurement> plan) {
        return plan.stream().map(Measurement::name).toList();
    }
}
