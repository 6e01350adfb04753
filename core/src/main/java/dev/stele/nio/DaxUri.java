package dev.stele.nio;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/// The URIs of files in volumes: `dax:`, the volume's own path as a `file:` URI has it, `!`, and the path inside, as in
/// `dax:///srv/pool.stele!/dir/file`. Every byte but unreserved ASCII is percent-encoded; a `!` of the volume's own
/// path is `%21`, so that the first `!` ends it.
///
/// @param location the part between `dax:` and the `!`, as it stands in the URI; identifies an open volume
/// @param inside path in the volume, raw; empty or `/` for its root
record DaxUri(String location, String inside) {
    static final String SCHEME = "dax";

    /// Beyond letters and digits, what stands for itself in the path of a URI (RFC 3986, `pchar` and `/`, less `!`).
    private static final String PLAIN = "-._~$&'()*+,;=:@/";

    /// @throws IllegalArgumentException where the URI is none of ours
    static DaxUri parse(URI uri) {
        if (uri.getScheme() == null || !uri.getScheme().equalsIgnoreCase(SCHEME)) {
            throw new IllegalArgumentException("URI scheme is not \"" + SCHEME + "\": " + uri);
        }
        if (uri.isOpaque() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("expected " + SCHEME + ":///path/to/volume!/path/inside, got: " + uri);
        }
        String authority = uri.getRawAuthority();
        String path = (authority == null ? "" : "//" + authority) + uri.getRawPath();
        int end = path.indexOf('!');
        if (end < 0) {
            return new DaxUri(path, "");
        }
        String inside = path.substring(end + 1);
        if (!inside.isEmpty() && !inside.startsWith("/")) {
            throw new IllegalArgumentException("expected '!/' behind the volume's path: " + uri);
        }
        return new DaxUri(path.substring(0, end), inside);
    }

    /// How the location of a volume in that file is written. The path is real and absolute.
    static String location(Path pool) {
        StringBuilder location = new StringBuilder(pool.toUri().getRawPath().replace("!", "%21"));
        if (location.length() > 1 && location.charAt(location.length() - 1) == '/') {
            location.setLength(location.length() - 1);
        }
        return location.toString();
    }

    /// The volume's file on the default file system.
    Path pool() {
        return Path.of(URI.create("file://" + location));
    }

    boolean isRoot() {
        return inside.isEmpty() || inside.equals("/");
    }

    DaxPath in(DaxFileSystem fileSystem) {
        return isRoot() ? fileSystem.root() : DaxPath.ofBytes(fileSystem, decode(inside));
    }

    private static byte[] decode(String raw) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c >= 0x80) {
                throw new IllegalArgumentException("Bad escape");
            }
            bytes[length] = c == '%' ? (byte) HexFormat.fromHexDigits(raw, i + 1, i + 3) : (byte) c;
            i += c == '%' ? 2 : 0;
            if (bytes[length++] == 0) {
                throw new IllegalArgumentException("Nul character not allowed");
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    /// A directory's URI ends in a slash, as the JDK's provider has it.
    static URI of(DaxPath path) {
        DaxFileSystem fileSystem = path.getFileSystem();
        String location = fileSystem.location();
        StringBuilder text = new StringBuilder(SCHEME + ":").append(location.startsWith("//") ? "" : "//")
                .append(location).append('!');
        for (byte b : path.toAbsolutePath().bytes()) {
            char c = (char) (b & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
                text.append(c);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        if (text.charAt(text.length() - 1) != '/' && fileSystem.isDirectory(path)) {
            text.append('/');
        }
        return URI.create(text.toString());
    }
}
