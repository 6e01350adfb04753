package dev.stele.crash.mutants.inside;

import dev.stele.crash.Oracles;
import dev.stele.crash.Settings;
import dev.stele.crash.Trials;
import java.util.ArrayList;
import java.util.List;

/// All scenarios: the workloads of the crash lab, and what those do not reach.
final class Scenarios {
    private final List<Scenario> all = new ArrayList<>();
    private final int general;

    Scenarios(long seed) {
        Settings settings = Settings.of(1, seed).workers(1).exhaustive(64, 24).oracles(new Oracles(8, 25, true));
        Trials trials = new Trials(settings, settings.exhaustive(32, 8).nested(1));
        Trials quick = trials.with(settings.exhaustive(2, 0));
        for (String code : trials.single()) {
            all.add(Scenario.of(trials.name(code),
                    (begins, isQuick) -> (isQuick ? quick : trials).run(code, false, begins)));
        }
        general = all.size();
        for (String code : deep(trials)) {
            all.add(Scenario.of(trials.name(code) + ", recovery cut, too",
                    (begins, isQuick) -> (isQuick ? quick : trials).run(code, true, begins)));
        }
        new Races(seed).add(all);
        new Laps(seed).add(all);
        new Plays(seed, all).add();
        new Devices(all).add();
        new Images(seed).add(all);
        new Foundations(seed).add(all);
        new Repairs(seed).add(all);
    }

    List<Scenario> all() {
        return all;
    }

    /// How many at the beginning are workloads of one operation.
    int general() {
        return general;
    }

    /// What recovery does is looked at for some.
    private static List<String> deep(Trials trials) {
        return List.of(trials.code('E', "create foo"), trials.code('P', "rename foo bar"),
                trials.code('P', "append 65 DEFERRED foo"), trials.code('P', "truncate foo to 5000"),
                trials.code('P', "unlink foo"), trials.code('P', "append 4097 DEFERRED foo"));
    }
}
