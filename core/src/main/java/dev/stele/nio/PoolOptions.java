package dev.stele.nio;

import dev.stele.format.Geometry;
import dev.stele.mapping.TrackingMode;
import dev.stele.volume.SyncStrategy;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What `FileSystems.newFileSystem` may be told about a volume, by the names of the components:
///
/// | key | value | meaning |
/// |---|---|---|
/// | `readOnly` | `Boolean` | nothing on the medium changes, not even by recovery |
/// | `asPmem` | `Boolean` | treat memory (tmpfs) as persistent memory: flush and fence each store that must last |
/// | `create` | `Boolean` | make the file and an empty volume in it; needs `size`, and the file must not exist |
/// | `size` | `Number` of bytes, or a `String` such as `64M` | size of the new volume, a multiple of 4096 |
/// | `label` | `String` | name of the new volume, up to 64 bytes of UTF-8 |
/// | `strategy` | `SyncStrategy`, or its name | who remembers what a sync has to flush; `FILE` unless given |
/// | `tracking` | `TrackingMode`, or its name | how stores through mappings are noticed; `AUTO` unless given |
///
/// A `Boolean` may also be the string `true` or `false`.
record PoolOptions(boolean readOnly, boolean asPmem, boolean create, long sizeBytes, String label,
        SyncStrategy strategy, TrackingMode tracking) {
    private static final Set<String> KEYS =
            Set.of("readOnly", "asPmem", "create", "size", "label", "strategy", "tracking");
    private static final String UNITS = "KMGT";

    /// @throws IllegalArgumentException on a key that is none of these, or a value that makes no sense
    static PoolOptions of(Map<String, ?> environment) {
        for (String key : environment.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown option '" + key + "'; there are " + KEYS);
            }
        }
        boolean create = flag(environment, "create");
        PoolOptions options = new PoolOptions(flag(environment, "readOnly"), flag(environment, "asPmem"), create,
                size(environment.get("size")), text(environment.get("label")),
                choice(environment, "strategy", SyncStrategy.FILE),
                choice(environment, "tracking", TrackingMode.AUTO));
        if (create && options.readOnly) {
            throw new IllegalArgumentException("'create' cannot be 'readOnly'");
        }
        if (create && options.sizeBytes <= 0) {
            throw new IllegalArgumentException("'create' needs 'size', a multiple of " + Geometry.BLOCK_BYTES
                    + " bytes from " + Geometry.at(Geometry.MIN_BLOCKS) + " up, not " + options.sizeBytes);
        }
        return options;
    }

    private static boolean flag(Map<String, ?> environment, String key) {
        Object value = environment.get(key);
        return switch (value) {
            case null -> false;
            case Boolean flag -> flag;
            case String text when text.equals("true") || text.equals("false") -> text.equals("true");
            default -> throw new IllegalArgumentException("'" + key + "' is true or false, not " + value);
        };
    }

    private static long size(Object value) {
        return switch (value) {
            case null -> 0;
            case Number number -> number.longValue();
            case String text -> parseSize(text.strip());
            default -> throw new IllegalArgumentException("'size' is a number of bytes, not " + value);
        };
    }

    private static long parseSize(String text) {
        int unit = text.isEmpty() ? -1 : UNITS.indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        try {
            long count = Long.parseLong(unit < 0 ? text : text.substring(0, text.length() - 1));
            return Math.multiplyExact(count, 1L << 10 * (unit + 1));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("'size' is a number of bytes, or of K, M, G or T, not '" + text + "'");
        }
    }

    /// One of the constants of an enum, or its name.
    private static <E extends Enum<E>> E choice(Map<String, ?> environment, String key, E unlessGiven) {
        Object value = environment.get(key);
        if (value == null) {
            return unlessGiven;
        }
        List<E> choices = List.of(unlessGiven.getDeclaringClass().getEnumConstants());
        return choices.stream().filter(each -> each == value || each.name().equals(value)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + key + "' is one of " + choices + ", not " + value));
    }

    private static String text(Object value) {
        return switch (value) {
            case null -> "";
            case String text -> text;
            default -> throw new IllegalArgumentException("'label' is a string, not " + value);
        };
    }
}
