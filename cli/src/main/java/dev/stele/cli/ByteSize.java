package dev.stele.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A number of bytes as people write it: `4096`, `64K`, `1M`, `10G`, `2T`, also `1.5G`, `512MiB`; units are powers of
/// 1024.
///
/// @param bytes the number of bytes, not negative
record ByteSize(long bytes) {
    private static final String UNITS = "KMGTPE";

    /// For picocli.
    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /// @throws IllegalArgumentException where the text is no size or does not fit 63 bits
    static ByteSize parse(String text) {
        String number = text.strip().toUpperCase(Locale.ROOT);
        if (number.endsWith("IB")) {
            number = number.substring(0, number.length() - 2);
        } else if (number.endsWith("B") && number.length() > 1) {
            number = number.substring(0, number.length() - 1);
        }
        int shift = 0;
        if (!number.isEmpty()) {
            int unit = UNITS.indexOf(number.charAt(number.length() - 1));
            if (unit >= 0) {
                shift = 10 * (unit + 1);
                number = number.substring(0, number.length() - 1);
            }
        }
        if (!number.matches("[0-9]+(\\.[0-9]+)?")) {
            throw new IllegalArgumentException("'" + text + "' is not a size; write for example 64M or 10G");
        }
        return new ByteSize(scale(number, shift, text));
    }

    private static long scale(String number, int shift, String text) {
        try {
            return new java.math.BigDecimal(number).multiply(java.math.BigDecimal.valueOf(1L << shift))
                    .toBigInteger().longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is more than 8 EiB", e);
        }
    }

    /// `1.5 GiB`, `64 MiB`, `812 B`: at most four significant places, exact where it is whole.
    static String format(long bytes) {
        int unit = bytes < 1024 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        if (unit == 0) {
            return bytes + " B";
        }
        double value = (double) bytes / (1L << 10 * unit);
        String number = value == Math.rint(value) ? Long.toString((long) value)
                : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
        return number + " " + UNITS.charAt(unit - 1) + "iB";
    }

    @Override
    public String toString() {
        return format(bytes);
    }
}
