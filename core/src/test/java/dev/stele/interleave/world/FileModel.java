package dev.stele.interleave.world;

import java.util.ArrayList;
import java.util.List;

/// What may have become of the file of a [VolumeScenario]: operations that have returned have happened, those that have
/// begun have happened or not, in any order that explains who was refused (P2).
final class FileModel {
    private enum Outcome { UNKNOWN, DONE, REFUSED }

    private static final long PAGE_BYTES = VolumeScenario.PAGE_BYTES;

    /// @param name "f", "r", or null for none
    /// @param isAny whether the second page may hold other than what syncs vouch for: it was given up
    private record State(String name, long sizeBytes, boolean isAny, boolean isSealed) {
        /// @return null where it is refused
        State after(String operation, long endBytes) {
            return switch (operation) {
                case "truncate" -> isSealed ? null : new State(name, PAGE_BYTES, true, false);
                case "punch" -> isSealed ? null : new State(name, sizeBytes, true, false);
                case "write" -> isSealed && endBytes > sizeBytes ? null
                        : new State(name, Math.max(sizeBytes, endBytes), isAny, isSealed);
                case "seal" -> new State(name, sizeBytes, isAny, true);
                case "unlink" -> "f".equals(name) ? new State(null, sizeBytes, isAny, isSealed) : null;
                case "rename" -> "f".equals(name) ? new State("r", sizeBytes, isAny, isSealed) : null;
                default -> this;
            };
        }

        boolean admits(String found, long foundBytes, long[] page, long[] vouched) {
            if (found == null || name == null) {
                return found == name;
            }
            if (!found.equals(name) || foundBytes != sizeBytes) {
                return false;
            }
            for (int line = 0; line < page.length && !isAny; line++) {
                if (page[line] < vouched[line]) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<String> operations = new ArrayList<>();
    /// end of what each writes, if it writes
    private final List<Long> ends = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    /// @param endBytes end of what it writes, if it writes
    /// @return number of the operation
    int begin(String operation, long endBytes) {
        operations.add(operation);
        ends.add(endBytes);
        outcomes.add(Outcome.UNKNOWN);
        return operations.size() - 1;
    }

    void end(int number, boolean isRefused) {
        outcomes.set(number, isRefused ? Outcome.REFUSED : Outcome.DONE);
    }

    boolean allows(String name, long sizeBytes, long[] page, long[] vouched) {
        return search(new State("f", 2 * PAGE_BYTES, false, false), 0, name, sizeBytes, page, vouched);
    }

    /// Tries every order of what is not yet used.
    private boolean search(State state, int used, String name, long sizeBytes, long[] page, long[] vouched) {
        boolean isEnough = true;
        for (int i = 0; i < operations.size(); i++) {
            if ((used >>> i & 1) == 0) {
                isEnough &= outcomes.get(i) == Outcome.UNKNOWN;
                State next = state.after(operations.get(i), ends.get(i));
                boolean fits = next == null ? outcomes.get(i) == Outcome.REFUSED : outcomes.get(i) != Outcome.REFUSED;
                if (fits && search(next == null ? state : next, used | 1 << i, name, sizeBytes, page, vouched)) {
                    return true;
                }
            }
        }
        return isEnough && state.admits(name, sizeBytes, page, vouched);
    }

    @Override
    public int hashCode() {
        return (operations.hashCode() * 31 + ends.hashCode()) * 31 + outcomes.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileModel model && operations.equals(model.operations)
                && ends.equals(model.ends) && outcomes.equals(model.outcomes);
    }

    @Override
    public String toString() {
        return "operations " + operations + " " + outcomes;
    }
}
