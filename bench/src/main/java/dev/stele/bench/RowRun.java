package dev.stele.bench;

import dev.stele.medium.PersistenceCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Runs one row: sets its contenders up, races them, and takes everything away again.
final class RowRun {
    /// Rows whose single operations are looked at.
    private static final Set<String> LATENCIES =
            Set.of("read-4k", "overwrite-4k", "append-4k-durable", "append-4k-fsync", "create", "stat", "wal");

    private final Bed bed;
    private final Effort effort;
    private final boolean isQuick;
    /// null where nobody wants to see single operations
    private final List<Latency> latencies;

    /// @param latencies takes those of the rows in [#LATENCIES]; may be null
    RowRun(Bed bed, Effort effort, boolean isQuick, List<Latency> latencies) {
        this.bed = bed;
        this.effort = effort;
        this.isQuick = isQuick;
        this.latencies = latencies;
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
            List<Contender> contenders = contenders(row, site, works);
            RowResult result = result(row.name(), contenders, row.goals(), isQuick && row.areApart());
            if (latencies != null && LATENCIES.contains(row.name())) {
                latencies.add(new LatencyRun(effort).of(row.name(), contenders));
            }
            return result;
        }
    }

    /// The first is Stele. Where time is short, and they have nothing in common, two threads set them up.
    private List<Contender> contenders(Row row, Site site, Works works) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        List<Contender> peers = new ArrayList<>();
        SideBySide.Action stele = () -> contenders.add(
                Contender.stele(works.add(row.maker().make(site, Contender.STELE, 0)), bed));
        SideBySide.Action others = () -> {
            for (String peer : row.peers()) {
                Work work = works.add(row.maker().make(site, peer, 0));
                if (work != null) {
                    peers.add(Contender.peer(peer, work));
                }
            }
        };
        if (isQuick && row.areApart()) {
            SideBySide.run(stele, others);
        } else {
            stele.run();
            others.run();
        }
        contenders.addAll(peers);
        return contenders;
    }

    /// Two threads on files of their own, against one of them alone.
    RowResult scale(Row row) throws Exception {
        return scale(row, Plan.SCALE, Contender.STELE, List.of(row.scaleGoal()));
    }

    /// The same with bare memory in Stele's place: what the machine gives to two threads, whose processors may be
    /// halves of one.
    ///
    /// @param row has bare memory among its peers
    RowResult scaleOfMemory(Row row) throws Exception {
        return scale(row, Plan.SCALE_OF_MEMORY, Peer.RAW_MEMORY, List.of());
    }

    private RowResult scale(Row row, String prefix, String who, List<Goal> goals) throws Exception {
        String name = prefix + "-" + row.name();
        try (Site site = new Site(bed, name, half(bed.sizes())); Works works = new Works()) {
            Work alone = works.add(row.maker().make(site, who, 0));
            Work other = works.add(row.maker().make(site, who, 1));
            List<PersistenceCounters> counters =
                    who.equals(Contender.STELE) ? List.of(bed.counters()) : List.of();
            Work pair = works.add(new PairWork(alone, other, counters));
            return new RowRun(bed, effort.ofPairs(), isQuick, null).result(name,
                    List.of(new Contender(Contender.STELE, pair, counters), Contender.peer(Peer.SELF, alone)), goals);
        }
    }

    /// Twice as many files have to fit.
    private static Bed.Sizes half(Bed.Sizes sizes) {
        return new Bed.Sizes(sizes.volumeBytes(), sizes.ext4Bytes(), sizes.fileBytes() / 2, sizes.mappingBytes() / 4,
                sizes.fileCount(), sizes.listCount());
    }

    /// @param contenders the first is Stele
    RowResult result(String name, List<Contender> contenders, List<Goal> goals) throws Exception {
        return result(name, contenders, goals, false);
    }

    /// @param areApart whether they have nothing in common, and time is short: see [Race]
    private RowResult result(String name, List<Contender> contenders, List<Goal> goals, boolean areApart)
            throws Exception {
        Race.Outcome outcome = new Race(effort, bed.seed(), areApart).run(contenders);
        return new RowResult(name, "ns/op", outcome.stele(), outcome.peers(), outcome.ratios(), outcome.costs(),
                goals);
    }
}
