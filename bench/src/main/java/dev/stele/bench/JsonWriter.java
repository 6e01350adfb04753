package dev.stele.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes JSON (RFC 8259) of maps, lists, numbers and strings.
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();

    String write(Object value) {
        append(value, "");
        return out.toString();
    }

    private void append(Object value, String indent) {
        switch (value) {
            case Map<?, ?> map -> appendMap(map, indent);
            case List<?> list -> appendList(list, indent);
            case Double number -> out.append(number(number));
            case Number number -> out.append(number);
            default -> appendString(value.toString());
        }
    }

    /// Five significant places say more than any measurement here.
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Math.abs(value) >= 1000 ? String.format(Locale.ROOT, "%.1f", value)
                : String.format(Locale.ROOT, "%.5g", value);
    }

    private void appendMap(Map<?, ?> map, String indent) {
        boolean isFlat = map.values().stream().noneMatch(each -> each instanceof Map || each instanceof List);
        String inner = isFlat ? "" : "\n" + indent + "  ";
        String separator = "";
        out.append('{');
        for (Map.Entry<?, ?> each : map.entrySet()) {
            out.append(separator).append(inner);
            appendString(each.getKey().toString());
            out.append(": ");
            append(each.getValue(), indent + "  ");
            separator = isFlat ? ", " : ",";
        }
        out.append(isFlat || map.isEmpty() ? "" : "\n" + indent).append('}');
    }

    private void appendList(List<?> list, String indent) {
        String separator = "\n" + indent + "  ";
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            out.append(i == 0 ? "" : ",").append(separator);
            append(list.get(i), indent + "  ");
        }
        out.append(list.isEmpty() ? "" : "\n" + indent).append(']');
    }

    private void appendString(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
