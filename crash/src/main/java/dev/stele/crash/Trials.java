package dev.stele.crash;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Workloads one by one, for whoever wants to know what a single one finds: each with a lab of its own, which knows
/// nothing of those before.
public final class Trials {
    private final Settings settings;
    private final List<Operation> set = Operations.all();
    private final Map<Start, Start.Image> images = new EnumMap<>(Start.class);
    private final Settings deep;

    /// @param settings how thorough each is; its length does not matter
    /// @param deep those of workloads whose recovery is cut, too
    public Trials(Settings settings, Settings deep) {
        this.settings = settings;
        this.deep = deep;
        for (Start each : Start.values()) {
            images.put(each, each.make());
        }
    }

    private Trials(Trials like, Settings settings) {
        this.settings = settings;
        this.deep = settings;
        this.images.putAll(like.images);
    }

    /// The same workloads, looked at differently.
    public Trials with(Settings other) {
        return new Trials(this, other);
    }

    /// The codes of all workloads of one operation.
    public List<String> single() {
        List<String> codes = new ArrayList<>();
        for (Start start : Start.values()) {
            for (Operation each : set) {
                codes.add(new Workload(start, List.of(each)).code(set));
            }
        }
        return codes;
    }

    /// The code of a workload of these operations.
    ///
    /// @param start letter of what it starts from
    public String code(char start, String... operations) {
        List<Operation> named = new ArrayList<>();
        for (String name : operations) {
            named.add(set.stream().filter(each -> each.name().equals(name)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no operation is called " + name)));
        }
        return new Workload(Start.of(start), named).code(set);
    }

    /// The workload of a code, in words.
    public String name(String code) {
        return Workload.of(code, set).toString();
    }

    /// Runs a workload.
    ///
    /// @param isDeep whether its recovery is cut, too
    /// @param begins run whenever its last operation begins
    /// @return what is wrong, null where nothing is
    public String run(String code, boolean isDeep, Runnable begins) {
        Workload workload = Workload.of(code, set);
        Operation last = workload.operations().getLast();
        List<Step> steps = new ArrayList<>(last.steps());
        Step first = steps.getFirst();
        steps.set(0, new Step(first.name(), stage -> {
            begins.run();
            first.action().on(stage);
        }, first.torn(), first.inParts()));
        List<Operation> operations = new ArrayList<>(workload.operations());
        operations.set(operations.size() - 1, new Operation(last.name(), last.prepare(), steps, last.reach()));
        try (Lab lab = new Lab(images.get(workload.start()), isDeep ? deep : settings, null)) {
            Violation found = lab.run(new Workload(workload.start(), operations), code);
            return found == null ? null : found.message();
        }
    }
}
