package dev.stele.crash.images;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Damages every image of the corpus in every way that is listed, and at random, and has each judged.
///
/// The work is cut into slices, each of one image, that hold every so manieth injury; their order is random, so that a
/// campaign that is stopped has seen a fair part. What is found does not depend on who works at what.
public final class ImageCampaign {
    private static final int SLICES = 64;
    private static final int STACK_LINES = 6;
    /// Kept, so that its level is: every damaged volume would say that it is read-only from now on.
    private static final Logger LOGGER = Logger.getLogger("dev.stele");

    /// Somebody who watches.
    public interface Watcher {
        /// Called by any worker, one at a time.
        void done(long images, long all, long defects);
    }

    private record Slice(Corpus corpus, int index) {
    }

    private final ImageSettings settings;
    private final Watcher watcher;
    private final Map<Corpus, Specimen> specimens = new EnumMap<>(Corpus.class);
    private final Map<Corpus, Injuries> injuries = new EnumMap<>(Corpus.class);
    /// Of each image: how many injuries of fields and blocks are tried, and how many random ones.
    private final Map<Corpus, Long> listed = new EnumMap<>(Corpus.class);
    private final Map<Corpus, Long> random = new EnumMap<>(Corpus.class);
    private final List<Slice> slices = new ArrayList<>();
    private final Defects defects = new Defects();
    private final Counts counts = new Counts();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong done = new AtomicLong();
    private final AtomicBoolean isStopped = new AtomicBoolean();
    private long exhaustive;
    private long fields;
    private long longestNanos;
    private long largestBytes;
    private long deadlineNanos;

    private ImageCampaign(ImageSettings settings, Watcher watcher) {
        this.settings = settings;
        this.watcher = watcher;
        for (Corpus each : Corpus.values()) {
            Specimen specimen = Specimen.of(each);
            specimens.put(each, specimen);
            injuries.put(each, new Injuries(specimen, settings.seed()));
            fields += specimen.fields.size();
            exhaustive += injuries.get(each).fieldCount() + injuries.get(each).blockCount();
        }
        share();
    }

    /// Divides the count between the images.
    private void share() {
        long rest = Math.max(0, settings.count() - exhaustive);
        for (Corpus each : Corpus.values()) {
            long all = injuries.get(each).fieldCount() + injuries.get(each).blockCount();
            listed.put(each, settings.count() >= exhaustive ? all
                    : Math.max(1, Math.round((double) settings.count() * all / exhaustive)));
            random.put(each, rest / Corpus.values().length);
            for (int i = 0; i < SLICES; i++) {
                slices.add(new Slice(each, i));
            }
        }
        Collections.shuffle(slices, new Random(settings.seed()));
    }

    /// Runs it.
    public static ImageResult run(ImageSettings settings, Watcher watcher) {
        Level before = LOGGER.getLevel();
        LOGGER.setLevel(Level.OFF);
        try {
            return new ImageCampaign(settings, watcher).run();
        } finally {
            LOGGER.setLevel(before);
        }
    }

    /// Damages one image once more.
    ///
    /// @param replay of [Defect#replay()]
    /// @return what is wrong with it, null where nothing is any more
    /// @throws IllegalArgumentException where the text names no image
    public static Defect replay(String replay) {
        String[] parts = replay.split("/");
        if (parts.length != 3) {
            throw new IllegalArgumentException("this names no damaged image: " + replay);
        }
        Level before = LOGGER.getLevel();
        LOGGER.setLevel(Level.OFF);
        try {
            Specimen specimen = Specimen.of(Corpus.valueOf(parts[0]));
            long number = Long.parseLong(parts[2]);
            Injuries all = new Injuries(specimen, Long.parseLong(parts[1]));
            Injury injury = all.of(number);
            Defects found = new Defects();
            if (injury != null) {
                boolean isRandom = number >= all.fieldCount() + all.blockCount();
                examine(new Examiner(specimen), injury, number, isRandom, replay, found);
            }
            return found.list().isEmpty() ? null : found.list().getFirst();
        } finally {
            LOGGER.setLevel(before);
        }
    }

    private ImageResult run() {
        long begun = System.nanoTime();
        long worked = processorNanos();
        deadlineNanos = settings.budgetNanos() == 0 ? Long.MAX_VALUE : begun + settings.budgetNanos();
        CountDownLatch working = new CountDownLatch(settings.workers());
        try (Watchdog watchdog = new Watchdog(this::hangs)) {
            for (int i = 0; i < settings.workers(); i++) {
                Thread.ofPlatform().daemon().name("stele-images").start(() -> work(watchdog, working));
            }
            // A worker that hangs never comes back: the others finish what they are at, and the campaign ends.
            while (!working.await(100, TimeUnit.MILLISECONDS) && !isStopped.get()) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException interrupted) {
            isStopped.set(true);
            Thread.currentThread().interrupt();
        }
        return result(System.nanoTime() - begun, processorNanos() - worked);
    }

    private static long processorNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    private synchronized ImageResult result(long nanos, long processorNanos) {
        boolean isWhole = next.get() >= slices.size() && !isStopped.get() && System.nanoTime() < deadlineNanos
                && settings.count() >= exhaustive;
        return new ImageResult(settings, specimens.size(), fields, exhaustive, counts.images, isWhole, counts.clean,
                counts.repaired, counts.unrepaired, counts.refusedAtOpen, counts.refusedAtUse, longestNanos,
                largestBytes, defects.list(), defects.count(), nanos, processorNanos);
    }

    private void hangs(String replay, StackTraceElement[] stack) {
        defects.add("hangs" + lines(stack), replay, replay);
        isStopped.set(true);
    }

    private void work(Watchdog watchdog, CountDownLatch working) {
        try {
            for (int i = next.getAndIncrement(); i < slices.size() && !isOver(); i = next.getAndIncrement()) {
                Slice slice = slices.get(i);
                // What a volume keeps for each thread goes with the thread: there are many volumes.
                Thread.ofPlatform().daemon().name("stele-images-" + i).start(() -> work(slice, watchdog)).join();
            }
        } catch (InterruptedException interrupted) {
            isStopped.set(true);
            Thread.currentThread().interrupt();
        } finally {
            working.countDown();
        }
    }

    private void work(Slice slice, Watchdog watchdog) {
        Watchdog.Post post = watchdog.post();
        try {
            work(slice, post, new Meter());
        } catch (Throwable failed) {
            defects.add("the campaign itself: " + failed + lines(failed.getStackTrace()), "", "");
        } finally {
            watchdog.leave(post);
        }
    }

    private boolean isOver() {
        return isStopped.get() || System.nanoTime() >= deadlineNanos;
    }

    private void work(Slice slice, Watchdog.Post post, Meter meter) {
        Corpus corpus = slice.corpus;
        Injuries all = injuries.get(corpus);
        Examiner examiner = new Examiner(specimens.get(corpus));
        long listedHere = all.fieldCount() + all.blockCount();
        long wanted = listed.get(corpus);
        for (long i = slice.index; i < wanted + random.get(corpus) && !isOver(); i += SLICES) {
            long number = i >= wanted ? listedHere + i - wanted : wanted == listedHere ? i
                    : (long) ((double) i * listedHere / wanted);
            String replay = corpus + "/" + settings.seed() + "/" + number;
            Injury injury = all.of(number);
            if (injury != null) {
                post.begin(replay);
                meter.start();
                examine(examiner, injury, number, number >= listedHere, replay, defects);
                stop(meter, injury, replay);
                post.end();
            }
        }
        add(examiner.counts(), meter);
    }

    private void stop(Meter meter, Injury injury, String replay) {
        try {
            meter.stop();
        } catch (Wrong tooMuch) {
            defects.add(tooMuch.getMessage(), injury.toString(), replay);
        }
    }

    private static void examine(Examiner examiner, Injury injury, long number, boolean isRandom, String replay,
            Defects defects) {
        try {
            if (isRandom) {
                examiner.examineHalf(injury, number);
            } else {
                examiner.examine(injury, number);
            }
        } catch (Wrong wrong) {
            defects.add(wrong.getMessage(), injury.toString(), replay);
        } catch (Throwable thrown) {
            defects.add(thrown + lines(thrown.getStackTrace()), injury.toString(), replay);
        }
    }

    private static String lines(StackTraceElement[] stack) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(STACK_LINES, stack.length); i++) {
            text.append("\n    at ").append(stack[i]);
        }
        return text.toString();
    }

    private synchronized void add(Counts more, Meter meter) {
        counts.add(more);
        longestNanos = Math.max(longestNanos, meter.longestNanos());
        largestBytes = Math.max(largestBytes, meter.largestBytes());
        watcher.done(done.addAndGet(more.images), Math.max(settings.count(), done.get()), defects.count());
    }
}
