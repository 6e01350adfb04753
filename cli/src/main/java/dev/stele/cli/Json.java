package dev.stele.cli;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes JSON (RFC 8259) from maps, collections, records, strings, numbers, booleans, enums and null. Objects in
/// an array take one line each, so that `grep` and `diff` work on the output.
final class Json {
    private final StringBuilder out = new StringBuilder();

    private Json() {
    }

    /// @return the document with a line end
    static String of(Object value) {
        Json json = new Json();
        json.write(value, 0, false);
        return json.out.append('\n').toString();
    }

    /// An object whose members keep the order in which they are given: name, value, name, value…
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    private void write(Object value, int depth, boolean flat) {
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b);
            case Double d when !Double.isFinite(d) -> out.append("null");
            case Number n -> out.append(n);
            case Map<?, ?> map -> writeObject(map, depth, flat);
            case Collection<?> items -> writeArray(items, depth, flat);
            case Record r -> writeObject(members(r), depth, flat);
            default -> writeString(value.toString());
        }
    }

    private void writeObject(Map<?, ?> map, int depth, boolean flat) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> member : map.entrySet()) {
            out.append(separator);
            newLine(depth + 1, flat, separator.isEmpty() ? "" : " ");
            writeString(member.getKey().toString());
            out.append(": ");
            write(member.getValue(), depth + 1, flat);
            separator = ",";
        }
        if (!map.isEmpty()) {
            newLine(depth, flat, "");
        }
        out.append('}');
    }

    private void writeArray(Collection<?> items, int depth, boolean flat) {
        List<?> all = new ArrayList<>(items);
        boolean lines = !flat && all.stream().anyMatch(item -> item instanceof Map || item instanceof Record);
        out.append('[');
        for (int i = 0; i < all.size(); i++) {
            out.append(i == 0 ? "" : ",");
            newLine(depth + 1, !lines, i == 0 ? "" : " ");
            write(all.get(i), depth + 1, true);
        }
        if (!all.isEmpty()) {
            newLine(depth, !lines, "");
        }
        out.append(']');
    }

    private void newLine(int depth, boolean flat, String instead) {
        if (flat) {
            out.append(instead);
        } else {
            out.append('\n').repeat(' ', 2 * depth);
        }
    }

    private static Map<String, Object> members(Record value) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                members.put(component.getName(), component.getAccessor().invoke(value));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError("a record's accessor can be called", e);
            }
        }
        return members;
    }

    private void writeString(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || Character.isSurrogate(c) && !isPaired(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPaired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
