package dev.stele.interleave.world;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.CorruptionException;
import dev.stele.error.VolumeException;
import dev.stele.interleave.Scenario;
import dev.stele.interleave.Steps;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.sim.CutImages;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// A whole volume on a simulated medium, with one file of two pages, open and mapped; of the second page, what is
/// stored must not be lost. Every image that a power cut may leave is recovered, checked, and compared with what the
/// operations that have returned, and those that have begun, allow.
public final class VolumeScenario implements Scenario {
    static final int PAGE_BYTES = 4096;
    private static final int LINES = 4;
    private static final long SIZE_BYTES = 1 << 20;
    private static final Name FILE = Name.of("f");
    private static final Name RENAMED = Name.of("r");

    private final String prelude;
    private final String[] programs;
    private final TrackingMode tracking;
    private final SimMedium medium = CutImages.lasting(SIZE_BYTES);
    private final CutImages cuts;
    private final Arena memory = Arena.ofAuto();
    private final AtomicLong clock = new AtomicLong();
    private final Attributes attributes = new Attributes();

    private Volume volume;
    private long inode;
    private SimMmu mmu;
    private final List<Arena> arenas = new ArrayList<>();
    private MemorySegment mapped;
    /// Of each line of the second page, the value whose store is done, and the one a sync that has returned vouches
    /// for.
    private long[] stored;
    private long[] vouched;
    private FileModel model;

    /// @param tracking how stores through mappings are noticed
    /// @param prelude what happens before, by one thread
    /// @param programs what each task does, operations separated by blanks
    public VolumeScenario(String tracking, String prelude, String... programs) {
        this.tracking = TrackingMode.valueOf(tracking);
        this.prelude = prelude;
        this.programs = programs;
        format();
        this.cuts = new CutImages(medium);
    }

    private void format() {
        Volume.format(medium, new FormatOptions("races", new UUID(1, 2), 3, 4, 16, 0, 0, 1));
        try (Volume fresh = Volume.open(medium, options(null))) {
            long made = fresh.create(fresh.root(), FILE, 0600, 0, 0);
            MemorySegment content = memory.allocate(2 * PAGE_BYTES);
            for (int line = 0; line < LINES; line++) {
                content.set(ValueLayout.JAVA_LONG, at(line), 1);
            }
            fresh.write(made, 0, content, 0, 2 * PAGE_BYTES, Volume.Durability.SYNC);
            fresh.create(fresh.root(), Name.of("t"), 0600, 0, 0);
        }
    }

    private OpenOptions options(SimMmu unit) {
        return new OpenOptions(false, clock::incrementAndGet, false).withTracking(tracking).withMmu(unit);
    }

    @Override
    public void clear() {
        // Without memory of their own, nobody misses them.
        arenas.clear();
        cuts.begin();
    }

    @Override
    public List<Runnable> begin() {
        clock.set(1000);
        mmu = new SimMmu();
        volume = Volume.open(medium, options(mmu));
        inode = volume.lookup(volume.root(), FILE);
        volume.pin(inode);
        stored = new long[LINES];
        Arrays.fill(stored, 1);
        vouched = stored.clone();
        model = new FileModel();
        touchEverything();
        performAll(prelude, 0);
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < programs.length; i++) {
            int task = i;
            tasks.add(() -> performAll(programs[task], task));
        }
        return tasks;
    }

    /// What the tasks may share is touched before, so that it has the same name in every run.
    private void touchEverything() {
        volume.unlink(volume.root(), Name.of("t"));
        mapped = volume.map(inode, 0, 2 * PAGE_BYTES, Volume.MapMode.READ_WRITE, arena());
        store(mapped, 3);
        volume.sync(inode, false);
        volume.sync();
        stored[3] = 1;
    }

    private Arena arena() {
        Arena arena = Arena.ofShared();
        arenas.add(arena);
        return arena;
    }

    private void performAll(String program, int task) {
        for (String each : program.split(" ")) {
            if (!each.isEmpty()) {
                perform(each, task);
            }
        }
    }

    private void perform(String operation, int task) {
        Steps.step("call " + operation, "stores", false);
        long[] before = stored.clone();
        int number = model.begin(operation, at(task) + Long.BYTES);
        boolean isRefused = false;
        try {
            performOne(operation, task);
        } catch (VolumeException refused) {
            isRefused = true;
        }
        Steps.lookAtMedium(operation + (isRefused ? " is refused" : " returns"));
        model.end(number, isRefused);
        if (operation.endsWith("sync") && !isRefused) {
            for (int line = 0; line < LINES; line++) {
                vouched[line] = Math.max(vouched[line], before[line]);
            }
        }
    }

    private void performOne(String operation, int task) {
        switch (operation) {
            case "store" -> store(mapped, task);
            case "write" -> write(task);
            case "fsync" -> volume.sync(inode, false);
            case "hugesync" -> {
                mmu.tellHugePages();
                volume.sync(inode, false);
            }
            case "msync" -> volume.syncRange(inode, PAGE_BYTES, PAGE_BYTES);
            case "truncate" -> volume.truncate(inode, PAGE_BYTES);
            case "punch" -> volume.punchHole(inode, PAGE_BYTES, PAGE_BYTES);
            case "map" -> store(volume.map(inode, 0, 2 * PAGE_BYTES, Volume.MapMode.READ_WRITE, arena()), task);
            case "unmap" -> unmap();
            case "seal" -> volume.seal(inode, true);
            case "unlink" -> volume.unlink(volume.root(), FILE);
            case "rename" -> volume.rename(volume.root(), FILE, volume.root(), RENAMED, Volume.RenameMode.REPLACE);
            default -> throw new IllegalArgumentException(operation);
        }
    }

    private void store(MemorySegment segment, int line) {
        mmu.store(segment, at(line), at -> {
            if (at >= 0) {
                long value = stored[line] + 1;
                medium.data().segment().set(ValueLayout.JAVA_LONG, at, value);
                cuts.stored(at, Long.BYTES);
                Steps.store(at, Long.BYTES);
                Steps.touch("stores", true);
                stored[line] = value;
            }
        });
    }

    private void write(int line) {
        MemorySegment value = memory.allocate(Long.BYTES, 8);
        value.set(ValueLayout.JAVA_LONG, 0, stored[line] + 1);
        volume.write(inode, at(line), value, 0, Long.BYTES, Volume.Durability.DEFERRED);
        Steps.step("written", "stores", true);
        stored[line]++;
    }

    private void unmap() {
        Steps.step("close the arena", "address space", true);
        if (arenas.getFirst().scope().isAlive()) {
            arenas.getFirst().close();
        }
    }

    @Override
    public void afterStep(boolean unlocked) {
        cutPower();
    }

    private void cutPower() {
        long circumstances = Arrays.hashCode(stored) * 31L + Arrays.hashCode(vouched);
        cuts.cut(circumstances * 31 + model.hashCode(), this::judge);
    }

    private void judge(SimMedium image) {
        try (Volume recovered = Volume.open(image, options(new SimMmu()))) {
            judge(recovered);
        } catch (CorruptionException damage) {
            throw new AssertionError("DAMAGED: " + damage.getMessage(), damage);
        }
        Report report = Check.run(image);
        if (!report.isClean()) {
            throw new AssertionError("DAMAGED: " + report.findings());
        }
    }

    private void judge(Volume recovered) {
        boolean isThere = recovered.lookup(recovered.root(), FILE) == inode;
        boolean isRenamed = recovered.lookup(recovered.root(), RENAMED) == inode;
        if (!isThere && !isRenamed) {
            require(model.allows(null, 0, null, null), "the file is gone");
            return;
        }
        recovered.attributes(inode, attributes);
        MemorySegment page = memory.allocate(PAGE_BYTES, 8);
        recovered.read(inode, PAGE_BYTES, page, 0, PAGE_BYTES);
        long[] found = new long[LINES];
        for (int line = 0; line < LINES; line++) {
            found[line] = page.get(ValueLayout.JAVA_LONG, line * 64L);
            require(found[line] >= 0 && found[line] <= stored[line] + 1, "never stored: " + Arrays.toString(found));
        }
        require(!(isThere && isRenamed), "the file has two names");
        require(model.allows(isThere ? "f" : "r", attributes.sizeBytes, found, vouched),
                "a power cut leaves name " + (isThere ? "f" : "r") + ", size " + attributes.sizeBytes + ", page "
                        + Arrays.toString(found) + " where syncs vouch for " + Arrays.toString(vouched));
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("LOST: " + otherwise + "; " + model);
        }
    }

    /// A sync by itself: what the operations left behind must not have been forgotten.
    @Override
    public void end() {
        volume.sync();
        System.arraycopy(stored, 0, vouched, 0, LINES);
        cutPower();
    }

    @Override
    public long powerCuts() {
        return cuts.images();
    }

    @Override
    public void close() {
        cuts.close();
    }

    private static long at(int line) {
        return PAGE_BYTES + line * 64L;
    }
}
