package dev.stele.cli;

import java.nio.file.attribute.FileTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Small matters of printing.
final class Text {
    private static final DateTimeFormatter TO_SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter TO_NANOS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSSSS Z", Locale.ROOT);

    private Text() {
    }

    /// To the second, in the local time zone.
    static String time(FileTime time) {
        return TO_SECONDS.format(time.toInstant().atZone(ZoneId.systemDefault()));
    }

    /// To the nanosecond, with the zone's offset.
    static String exactTime(FileTime time) {
        return TO_NANOS.format(time.toInstant().atZone(ZoneId.systemDefault()));
    }

    /// With control characters as `\n` or `\x1b`, so that no name of a file can steer the terminal.
    static String printable(String name) {
        if (name.chars().noneMatch(c -> Character.isISOControl(c))) {
            return name;
        }
        StringBuilder shown = new StringBuilder();
        name.chars().forEach(c -> {
            if (c == '\n') {
                shown.append("\\n");
            } else if (Character.isISOControl(c)) {
                shown.append(String.format("\\x%02x", c));
            } else {
                shown.append((char) c);
            }
        });
        return shown.toString();
    }

    /// `1 file`, `12,345 files`.
    static String count(long number, String noun) {
        String plural = noun.endsWith("y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? noun : plural);
    }
}
