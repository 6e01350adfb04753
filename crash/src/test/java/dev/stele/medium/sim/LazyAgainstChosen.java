package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/// At each drain of a program: what comes of images that are chosen beforehand, all of them where they are few, against
/// what comes of the runs that stand for them.
public final class LazyAgainstChosen implements AutoCloseable {
    private static final int MAX_RUNS = 2000;
    private static final int MAX_IMAGES = 1 << 9;
    private static final int SAMPLES = 150;

    private record Chosen(int[] ordered, long[] loose, String outcome) {
    }

    private final SimMedium medium;
    private final SimMedium image;
    private final Function<SimMedium, String> outcome;
    private final SplittableRandom random = new SplittableRandom(5);
    private boolean isPausing;
    private long points;
    private long exhaustivePoints;
    private long images;
    private long runs;
    private long skipped;

    /// @param outcome of recovery; must not depend on anything else
    public LazyAgainstChosen(SimMedium medium, Function<SimMedium, String> outcome) {
        this.medium = medium;
        this.outcome = outcome;
        this.image = SimMedium.lent(medium.sizeBytes(), medium.granularity());
        image.lines().copyAll(medium.lines().durable());
        image.lines().recording(false);
    }

    /// Compares at each drain from here on.
    public void begin() {
        medium.observe(new SimMedium.Observer() {
            @Override
            public void drain(boolean done) {
                if (!isPausing) {
                    isPausing = true;
                    Thread explorer = Thread.ofPlatform().unstarted(LazyAgainstChosen.this::compare);
                    Throwable[] thrown = new Throwable[1];
                    explorer.setUncaughtExceptionHandler((thread, failure) -> thrown[0] = failure);
                    explorer.start();
                    try {
                        explorer.join();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    isPausing = false;
                    if (thrown[0] instanceof Error error) {
                        throw error;
                    } else if (thrown[0] != null) {
                        throw new IllegalStateException(thrown[0]);
                    }
                }
            }

            @Override
            public void stored() {
            }
        });
    }

    /// @return points compared, those of them with all images, images, runs, points with too many runs
    public long[] counts() {
        return new long[] {points, exhaustivePoints, images, runs, skipped};
    }

    @Override
    public void close() {
        medium.observe(null);
        image.end();
    }

    private void compare() {
        medium.lines().noticeAll();
        image.lines().copyAll(medium.lines().durable());
        PowerCut cut = new PowerCut(medium.lines());
        LazyCut lazy = LazyCut.of(cut, image);
        List<Chosen> chosen = chosen(cut);
        int[] met = new int[chosen.size()];
        int run = 0;
        do {
            if (run++ == MAX_RUNS) {
                skipped++;
                return;
            }
            String found = undecided(lazy);
            for (int i = 0; i < met.length && !lazy.isVoid(); i++) {
                Chosen each = chosen.get(i);
                if (lazy.standsFor(each.ordered, each.loose)) {
                    met[i]++;
                    if (!each.outcome.equals(found)) {
                        throw new AssertionError("chosen beforehand it is " + each.outcome + ", undecided " + found);
                    }
                }
            }
        } while (lazy.next());
        for (int each : met) {
            if (each == 0) {
                throw new AssertionError("no run stands for an image");
            }
        }
        points++;
        exhaustivePoints += cut.choiceCount() <= MAX_IMAGES ? 1 : 0;
        images += met.length;
        runs += run;
    }

    private List<Chosen> chosen(PowerCut cut) {
        List<Chosen> chosen = new ArrayList<>();
        if (cut.choiceCount() <= MAX_IMAGES) {
            for (long each = 0; each < cut.choiceCount(); each++) {
                cut.choose(each);
                chosen.add(decided(cut));
            }
            return chosen;
        }
        for (int i = 0; i < SAMPLES; i++) {
            switch (i % 5) {
                case 0 -> cut.chooseAtRandom(random);
                case 1 -> cut.chooseWholeLinesAtRandom(random);
                case 2 -> cut.chooseProgramOrder(cut.moments().get(random.nextInt(cut.moments().size())));
                case 3 -> {
                    cut.keepAll();
                    if (i > 3) {
                        cut.lose(random.nextInt(cut.lineCount()));
                    }
                }
                default -> {
                    cut.loseAll();
                    cut.keep(random.nextInt(cut.lineCount()));
                }
            }
            chosen.add(decided(cut));
        }
        return chosen;
    }

    private Chosen decided(PowerCut cut) {
        cut.applyTo(image.lines());
        String found = outcome.apply(image);
        image.lines().restore(medium.lines().durable());
        return new Chosen(cut.prefixes(), cut.subsets(), found);
    }

    private String undecided(LazyCut lazy) {
        lazy.begin();
        image.undecided(lazy);
        Loads.begin(lazy);
        try {
            return outcome.apply(image);
        } finally {
            Loads.end(lazy);
            image.undecided(null);
            image.lines().restore(medium.lines().durable());
        }
    }
}
