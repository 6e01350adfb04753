package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void ofOneSample() {
        assertEquals(new Summary(7, 7, 7), Summary.of(new double[] {7}));
    }

    @Test
    void theMiddleOfAnEvenNumberIsBetweenTwo() {
        assertEquals(2.5, Summary.of(new double[] {4, 1, 3, 2}).median());
    }

    @Test
    void percentilesOfAHundredAndOne() {
        double[] samples = IntStream.rangeClosed(0, 100).mapToDouble(i -> 100 - i).toArray();
        assertEquals(new Summary(50, 10, 90), Summary.of(samples));
    }

    @Test
    void oneWildSampleMovesNothingButTheEdge() {
        assertEquals(3, Summary.of(new double[] {1, 2, 3, 4, 1e9}).median());
    }

    @Test
    void theSamplesStayAsTheyWere() {
        double[] samples = {3, 1, 2};
        Summary.of(samples);
        assertArrayEquals(new double[] {3, 1, 2}, samples);
    }

    @Test
    void amountsHaveThreePlaces() {
        assertEquals("812 ns", Figures.time(812.4));
        assertEquals("4.25 µs", Figures.time(4251));
        assertEquals("13.1 ms", Figures.time(13_100_000));
        assertEquals("2.67×", Figures.ratio(2.666));
        assertEquals("1", Figures.count(1.0));
        assertEquals("4,096", Figures.count(4096));
        assertEquals("1.25", Figures.count(1.25));
    }
}
