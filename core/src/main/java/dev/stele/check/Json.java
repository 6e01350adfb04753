package dev.stele.check;

import java.util.List;

/// Just enough JSON to write a report.
final class Json {
    private final StringBuilder text = new StringBuilder();

    Json object() {
        text.append('{');
        return this;
    }

    Json end() {
        text.append('}');
        return this;
    }

    Json key(String name) {
        if (text.charAt(text.length() - 1) != '{') {
            text.append(',');
        }
        return string(name).literal(":");
    }

    Json put(String name, boolean value) {
        return key(name).literal(Boolean.toString(value));
    }

    Json put(String name, long value) {
        return key(name).literal(Long.toString(value));
    }

    Json put(String name, String value) {
        return key(name).string(value);
    }

    Json findings(List<Finding> findings) {
        text.append('[');
        for (int i = 0; i < findings.size(); i++) {
            Finding finding = findings.get(i);
            text.append(i == 0 ? "" : ",");
            object().put("severity", finding.severity().name()).put("kind", finding.getClass().getSimpleName())
                    .put("struct", finding.struct()).put("at", finding.at()).put("message", finding.message()).end();
        }
        text.append(']');
        return this;
    }

    private Json literal(String literal) {
        text.append(literal);
        return this;
    }

    private Json string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c == 0x7F || Character.isSurrogate(c)) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
