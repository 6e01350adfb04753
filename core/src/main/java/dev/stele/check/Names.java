package dev.stele.check;

/// Names as a report shows them.
final class Names {
    private Names() {
    }

    /// The name with what a terminal would act on replaced.
    static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
        return shown.toString();
    }
}
