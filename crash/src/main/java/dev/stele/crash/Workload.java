package dev.stele.crash;

import dev.stele.volume.SyncStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Operations one after the other from a volume to start from. Either they are given, and the power is cut in the last,
/// because shorter workloads cut it in those before; or a [Guide] makes them up on the way, and it is cut in each.
///
/// @param strategy of syncing while the operations run; recovery always has the default
/// @param operations given ones; empty where a guide makes them up
/// @param seed of the guide
/// @param walk how many operations the guide makes up, 0 for given ones
record Workload(Start start, SyncStrategy strategy, List<Operation> operations, long seed, int walk) {
    Workload(Start start, List<Operation> operations) {
        this(start, SyncStrategy.FILE, operations);
    }

    Workload(Start start, SyncStrategy strategy, List<Operation> operations) {
        this(start, strategy, operations, 0, 0);
    }

    static Workload walk(Start start, SyncStrategy strategy, long seed, int length) {
        return new Workload(start, strategy, List.of(), seed, length);
    }

    int operationCount() {
        return walk > 0 ? walk : operations.size();
    }

    /// The first operation in which the power is cut.
    int firstCut() {
        return walk > 0 ? 0 : operations.size() - 1;
    }

    /// @param tree the volume as it is before the operation and what it needs
    Operation operation(int index, Tree tree) {
        return walk > 0 ? Guide.operation(seed, index, tree) : operations.get(index);
    }

    /// The workload as text: the places of its operations in the set, or the seed and the length of a walk. A small
    /// letter behind that of the start names another strategy than the default.
    String code(List<Operation> set) {
        StringBuilder code = new StringBuilder().append(start.letter);
        if (strategy != SyncStrategy.FILE) {
            code.append(letter(strategy));
        }
        if (walk > 0) {
            return code.append('~').append(Long.toHexString(seed)).append('.').append(walk).toString();
        }
        operations.forEach(each -> code.append('.').append(set.indexOf(each)));
        return code.toString();
    }

    /// @throws IllegalArgumentException where the text is none that [#code] gives
    static Workload of(String code, List<Operation> set) {
        String[] parts = code.split("[.~]");
        if (parts[0].isEmpty() || parts[0].length() > 2 || parts.length < 2) {
            throw new IllegalArgumentException("this names no workload: " + code);
        }
        Start start = Start.of(parts[0].charAt(0));
        SyncStrategy strategy = parts[0].length() == 1 ? SyncStrategy.FILE : strategy(parts[0].charAt(1));
        if (code.indexOf('~') == parts[0].length() && parts.length == 3) {
            return walk(start, strategy, Long.parseUnsignedLong(parts[1], 16), Integer.parseInt(parts[2]));
        }
        List<Operation> operations = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            int index = Integer.parseInt(parts[i]);
            if (index < 0 || index >= set.size()) {
                throw new IllegalArgumentException("there is no operation " + index);
            }
            operations.add(set.get(index));
        }
        return new Workload(start, strategy, List.copyOf(operations));
    }

    private static char letter(SyncStrategy strategy) {
        return Character.toLowerCase(strategy.name().charAt(0));
    }

    private static SyncStrategy strategy(char letter) {
        for (SyncStrategy each : SyncStrategy.values()) {
            if (letter(each) == letter) {
                return each;
            }
        }
        throw new IllegalArgumentException("no strategy of syncing is called " + letter);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(start.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (strategy != SyncStrategy.FILE) {
            text.append(", strategy ").append(strategy);
        }
        operations.forEach(each -> text.append(", ").append(each));
        return walk == 0 ? text.toString()
                : text.append(", a walk of ").append(walk).append(" operations, seed ").append(seed).toString();
    }
}
