package dev.stele.bench;

import dev.stele.bench.RowResult.Goal;
import java.util.ArrayList;
import java.util.List;

/// Runs one row: sets its contenders up, races them, and takes everything away again.
final class RowRun {
    /// What two threads together should do at least, beside one.
    static final double SCALE_GOAL = 1.7;
    /// Rows of two threads are many, and each has two contenders only.
    private static final double SCALE_SHARE = 0.5;

    private final Bed bed;
    private final Effort effort;
    private final boolean isQuick;

    RowRun(Bed bed, Effort effort, boolean isQuick) {
        this.bed = bed;
        this.effort = effort;
        this.isQuick = isQuick;
    }

    Bed bed() {
        return bed;
    }

    Effort effort() {
        return effort;
    }

    boolean isQuick() {
        return isQuick;
    }

    RowResult race(Row row) throws Exception {
        try (Site site = new Site(bed, row.name()); Works works = new Works()) {
            List<Contender> contenders = new ArrayList<>();
            contenders.add(Contender.stele(works.add(row.maker().make(site, Contender.STELE, 0)), bed));
            for (String peer : row.peers()) {
                Work work = works.add(row.maker().make(site, peer, 0));
                if (work != null) {
                    contenders.add(Contender.peer(peer, work));
                }
            }
            return result(row.name(), contenders, row.goals());
        }
    }

    /// Two threads on files of their own, against one of them alone.
    RowResult scale(Row row) throws Exception {
        String name = Plan.SCALE + "-" + row.name();
        try (Site site = new Site(bed, name, half(bed.sizes())); Works works = new Works()) {
            Work alone = works.add(row.maker().make(site, Contender.STELE, 0));
            Work other = works.add(row.maker().make(site, Contender.STELE, 1));
            Work pair = works.add(new PairWork(alone, other, Contender.counters(other, bed)));
            return new RowRun(bed, effort.scaled(SCALE_SHARE), isQuick).result(name,
                    List.of(Contender.stele(pair, bed), Contender.peer(Peer.SELF, alone)),
                    List.of(new Goal(Peer.SELF, SCALE_GOAL)));
        }
    }

    /// Twice as many files have to fit.
    private static Bed.Sizes half(Bed.Sizes sizes) {
        return new Bed.Sizes(sizes.volumeBytes(), sizes.ext4Bytes(), sizes.fileBytes() / 2, sizes.mappingBytes() / 4,
                sizes.fileCount(), sizes.listCount());
    }

    /// @param contenders the first is Stele
    RowResult result(String name, List<Contender> contenders, List<Goal> goals) throws Exception {
        Race.Outcome outcome = new Race(effort, bed.seed()).run(contenders);
        return new RowResult(name, "ns/op", outcome.stele(), outcome.peers(), outcome.ratios(), outcome.costs(),
                goals);
    }
}
