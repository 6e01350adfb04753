package dev.stele.nio;

import dev.stele.format.Layouts;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Arrays;

/// Names are bytes, `Path` speaks `String`: UTF-8 both ways, and a byte that is no part of well-formed UTF-8 becomes
/// the lone low surrogate U+DC00 + byte (U+DC80 to U+DCFF) and back. No well-formed UTF-8 decodes to a surrogate, so
/// bytes to `String` to bytes is the identity on every byte sequence (N1). The scheme is Python's `surrogateescape`,
/// PEP 383.
public final class NameCodec {
    private static final char ESCAPE_BASE = '\uDC00';
    private static final char ESCAPE_FIRST = '\uDC80';
    private static final char ESCAPE_LAST = '\uDCFF';
    private static final long HIGH_BITS = 0x8080808080808080L;

    private NameCodec() {
    }

    /// @throws InvalidPathException on a NUL or a surrogate that stands alone and is no escape
    public static byte[] encode(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new InvalidPathException(text, "Nul character not allowed", i);
            }
            if (Character.isSurrogate(c)) {
                return encodeWithSurrogates(text);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] encodeWithSurrogates(String text) {
        byte[] bytes = new byte[text.length() * 3];
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                at = put(bytes, at, Character.toCodePoint(c, text.charAt(++i)));
            } else if (c >= ESCAPE_FIRST && c <= ESCAPE_LAST) {
                bytes[at++] = (byte) (c - ESCAPE_BASE);
            } else if (c == 0 || Character.isSurrogate(c)) {
                throw new InvalidPathException(text, c == 0 ? "Nul character not allowed" : "Malformed input", i);
            } else {
                at = put(bytes, at, c);
            }
        }
        return Arrays.copyOf(bytes, at);
    }

    private static int put(byte[] bytes, int at, int point) {
        if (point < 0x80) {
            bytes[at++] = (byte) point;
            return at;
        }
        int tailCount = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        bytes[at++] = (byte) (-1 << 7 - tailCount | point >> 6 * tailCount);
        for (int tail = tailCount - 1; tail >= 0; tail--) {
            bytes[at++] = (byte) (0x80 | point >> 6 * tail & 0x3F);
        }
        return at;
    }

    public static String decode(byte[] bytes) {
        return isAscii(bytes) ? new String(bytes, StandardCharsets.ISO_8859_1) : decodeMultibyte(bytes);
    }

    private static boolean isAscii(byte[] bytes) {
        long high = 0;
        int at = 0;
        for (; at <= bytes.length - 8; at += 8) {
            high |= (long) Layouts.BYTES.get(bytes, at);
        }
        for (; at < bytes.length; at++) {
            // With its sign: a byte from 0x80 sets the highest bit of each byte of the word.
            high |= bytes[at];
        }
        return (high & HIGH_BITS) == 0;
    }

    private static String decodeMultibyte(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            int length = sequenceLength(bytes, at);
            if (length == 0) {
                text.append((char) (ESCAPE_BASE + (bytes[at++] & 0xFF)));
            } else {
                text.appendCodePoint(point(bytes, at, length));
                at += length;
            }
        }
        return text.toString();
    }

    /// @return bytes of the well-formed sequence that starts at `at`, 1 to 4, or 0 where none starts
    private static int sequenceLength(byte[] bytes, int at) {
        int first = bytes[at] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        int length = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (length == 0 || at + length > bytes.length) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        // Refuses the overlong forms, the surrogates and what lies beyond U+10FFFF (Unicode 16, table 3-7).
        int point = point(bytes, at, length);
        boolean wellFormed = length == 2
                || length == 3 && point >= 0x800 && (point < 0xD800 || point > 0xDFFF)
                || length == 4 && point >= 0x10000 && point <= Character.MAX_CODE_POINT;
        return wellFormed ? length : 0;
    }

    private static int point(byte[] bytes, int at, int length) {
        if (length == 1) {
            return bytes[at];
        }
        int point = bytes[at] & 0x7F >> length;
        for (int i = 1; i < length; i++) {
            point = point << 6 | bytes[at + i] & 0x3F;
        }
        return point;
    }
}
