package dev.stele.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.journal.Transaction;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whenever the power is cut, the tree is as before a change or as after it, no block is lost, and a change that
/// returned has happened.
class PowerCutTest {
    private static final int CHANGES = Integer.getInteger("stele.cuts", 8);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void beforeOrAfter(long seed) throws Exception {
        Random random = new Random(seed);
        SimMedium medium = SimMedium.create(4 << 20);
        try (Ground ground = new Ground(medium)) {
            TreeMap<Long, Long> model = new TreeMap<>();
            if (seed > 1) {
                change(ground, model, random, 0, 600 << seed);
            }
            List<Map<Long, Long>> allowed = new ArrayList<>();
            allowed.add(new TreeMap<>(model));
            PowerCuts<Ground> cuts = PowerCuts.of(medium);
            cuts.seed(seed).exhaustiveTo(256).samples(24).nested(16)
                    .check(image -> ground.over(image), (recovered, image, point) -> {
                        TreeMap<Long, Long> found = recovered.check();
                        assertTrue(allowed.stream().anyMatch(found::equals), point + ": neither before nor after");
                    });
            try (cuts) {
                for (int i = 0; i < CHANGES; i++) {
                    TreeMap<Long, Long> after = new TreeMap<>(model);
                    Transaction tx = ground.journal.begin();
                    for (int part = random.nextInt(2); part >= 0; part--) {
                        stage(tx, ground, after, random, random.nextInt(700 << seed), random.nextInt(1, 200 << seed));
                    }
                    allowed.add(after);
                    tx.commit();
                    allowed.remove(0);
                    model = after;
                    cuts.at("change " + i + " returned");
                }
            }
            assertEquals(model, ground.check());
            assertTrue(cuts.coverage().images() > 20L * CHANGES, cuts.coverage().toString());
        }
    }

    private static void change(Ground ground, TreeMap<Long, Long> model, Random random, int from, int width) {
        Transaction tx = ground.journal.begin();
        stage(tx, ground, model, random, from, width);
        tx.commit();
    }

    private static void stage(Transaction tx, Ground ground, TreeMap<Long, Long> model, Random random, int from,
            int width) {
        TreeMap<Long, Long> fresh = new TreeMap<>();
        int count = random.nextInt(3) == 0 ? 0 : random.nextInt(3) == 0 ? random.nextInt(width) : 1;
        for (int i = 0; i < count; i++) {
            fresh.put((long) from + random.nextInt(width), random.nextLong());
        }
        long to = random.nextInt(3) == 0 && count == 1 ? fresh.firstKey() + 1 : from + width;
        model.subMap((long) from, to).clear();
        model.putAll(fresh);
        ground.tree.splice(tx, ground.inode, from, to, TreeModelTest.pairs(fresh), fresh.size());
    }
}
