package dev.stele.crash.faults;

/// One fault: where it strikes. Written as `P.17/once/5`: start, operation, kind, n.
///
/// @param start letter of the volume to start from
/// @param operation by its place in the set
/// @param n verbs that succeed before the one that fails, or blocks that are free
public record FaultPlace(char start, int operation, FaultKind kind, long n) {

    /// @throws IllegalArgumentException where the text is none that [#toString] gives
    public static FaultPlace of(String text) {
        String[] parts = text.split("[./]");
        if (parts.length != 4 || parts[0].length() != 1) {
            throw new IllegalArgumentException("this names no fault: " + text);
        }
        try {
            return new FaultPlace(parts[0].charAt(0), Integer.parseInt(parts[1]),
                    FaultKind.valueOf(parts[2].toUpperCase(java.util.Locale.ROOT)), Long.parseLong(parts[3]));
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("this names no fault: " + text);
        }
    }

    @Override
    public String toString() {
        return start + "." + operation + "/" + kind.word() + "/" + n;
    }
}
