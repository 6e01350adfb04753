package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "1k, 1024", "64K, 65536", "1M, 1048576", "1MiB, 1048576", "1mb, 1048576",
            "10G, 10737418240", "2T, 2199023255552", "1.5G, 1610612736", "0.5K, 512", "12B, 12",
            "7E, 8070450532247928832"})
    void readsWhatPeopleWrite(String text, long bytes) {
        assertEquals(bytes, ByteSize.parse(text).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "10X", "-1", "1..5G", "G", "1 G B", "0x10", "1e3", "B"})
    void refusesTheRestAndSaysHow(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
        assertTrue(e.getMessage().contains("64M"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"8E", "100000000T", "9223372036854775808"})
    void refusesWhatNoNumberHolds(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
        assertTrue(e.getMessage().contains("8 EiB"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1 KiB", "1536, 1.50 KiB", "67108864, 64 MiB", "10737418240, 10 GiB",
            "12345678, 11.8 MiB", "9223372036854775807, 8 EiB"})
    void printsShort(long bytes, String text) {
        assertEquals(text, ByteSize.format(bytes));
    }

    @Test
    void whatItPrintsItReads() {
        for (int shift = 0; shift < 63; shift++) {
            assertEquals(1L << shift, ByteSize.parse(ByteSize.format(1L << shift).replace(" ", "")).bytes());
        }
    }
}
