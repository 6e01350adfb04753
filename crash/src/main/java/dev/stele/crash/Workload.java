package dev.stele.crash;

import java.util.ArrayList;
import java.util.List;

/// Operations one after the other from a volume to start from; the power is cut in the last, because shorter
/// workloads cut it in those before.
record Workload(Start start, List<Operation> operations) {
    Operation last() {
        return operations.getLast();
    }

    /// The workload as text, by the places of its operations in the set.
    String code(List<Operation> set) {
        StringBuilder code = new StringBuilder().append(start.letter);
        operations.forEach(each -> code.append('.').append(set.indexOf(each)));
        return code.toString();
    }

    /// @throws IllegalArgumentException where the text is none that [#code] gives
    static Workload of(String code, List<Operation> set) {
        String[] parts = code.split("\\.");
        List<Operation> operations = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            int index = Integer.parseInt(parts[i]);
            if (index < 0 || index >= set.size()) {
                throw new IllegalArgumentException("there is no operation " + index);
            }
            operations.add(set.get(index));
        }
        if (parts[0].length() != 1 || operations.isEmpty()) {
            throw new IllegalArgumentException("this names no workload: " + code);
        }
        return new Workload(Start.of(parts[0].charAt(0)), List.copyOf(operations));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(start.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        operations.forEach(each -> text.append(", ").append(each));
        return text.toString();
    }
}
