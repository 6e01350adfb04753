package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final RowResult GOOD = row("read-4k", 4.5);
    private static final RowResult BAD = row("create", 0.4);

    private static RowResult row(String name, double ratio) {
        return new RowResult(name, "ns/op", new Summary(250, 240, 300),
                Map.of(Peer.JDK_TMPFS, new Summary(800, 700, 900)),
                Map.of(Peer.JDK_TMPFS, new Summary(ratio, ratio / 2, ratio * 2)), new Costs(1, 2, 3, 4),
                List.of(new Goal(Peer.JDK_TMPFS, 3)));
    }

    private static Bench.Report report() {
        Histogram histogram = new Histogram(1_000_000_000L, 3);
        for (int i = 1; i <= 10_000; i++) {
            histogram.recordValue(i);
        }
        Curve curve = new Curve("read <at> random", "bytes", true, Map.of(Contender.STELE,
                List.of(new Curve.Point(64, Summary.exactly(50)), new Curve.Point(4096, Summary.exactly(300)))));
        return new Bench.Report(Map.of("processor", "A & B"), List.of(GOOD, BAD), List.of("jdk-ext4: no root"),
                List.of(new Latency("read-4k", Map.of(Contender.STELE, histogram))), List.of(curve));
    }

    /// Nothing is fetched from anywhere, and it is one well-formed piece.
    @Test
    void isOnePageThatNeedsNothingElse() throws Exception {
        String page = HtmlReport.of(report());
        assertFalse(page.matches("(?s).*(src=|href=|@import|url\\(|<script).*"));
        assertTrue(page.contains("prefers-color-scheme: dark") && page.contains("@media print"));
        assertFalse(page.contains("NaN") || page.contains("Infinity"));
    }

    @Test
    void picturesAreWellFormed() throws Exception {
        Matcher pictures = Pattern.compile("(?s)<svg.*?</svg>").matcher(HtmlReport.of(report()));
        int count = 0;
        while (pictures.find()) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new ByteArrayInputStream(pictures.group().getBytes(StandardCharsets.UTF_8)));
            count++;
        }
        assertEquals(3, count);
    }

    @Test
    void saysHowManyGoalsAreReachedAndWhichAreNot() throws Exception {
        String page = HtmlReport.of(report());
        assertTrue(page.contains("1 of 2 goals reached"));
        assertTrue(page.contains("<li>create against jdk-tmpfs: 0.40× of 3.00×"));
        assertTrue(page.contains("Left out: jdk-ext4: no root"));
        assertTrue(page.contains("A &amp; B") && page.contains("read &lt;at&gt; random"));
    }

    @Test
    void aLogarithmicAxisPutsTensAtEqualDistances() {
        LogAxis axis = new LogAxis(1, 1000, 0, 300);
        assertEquals(List.of(1.0, 10.0, 100.0, 1000.0), axis.ticks());
        assertEquals(100, axis.at(10), 1e-6);
        assertEquals(200, axis.at(100), 1e-6);
    }

    /// A ratio of a thousandth is not "0×".
    @Test
    void smallPowersOfTenHaveTheirPlaces() {
        String chart = RatioChart.of(List.of(row("create", 0.004)));
        assertTrue(chart.contains(">0.001×<") && chart.contains(">0.01×<") && chart.contains(">1×<"), chart);
        assertFalse(chart.contains(">0×<"));
    }

    @Test
    void theResultsPageHasEveryRowAndEveryMissedGoal() {
        String page = ResultsPage.of(report(), "./stele bench --quick");
        assertTrue(page.contains("Written by `./stele bench --quick`"));
        assertTrue(page.contains("| read-4k | 250 ns | jdk-tmpfs | 800 ns | 4.50× | 2.25 – 9.00 | 3.00× | yes |"));
        assertTrue(page.contains("- create against jdk-tmpfs: 0.40× of 3.00×"));
        assertTrue(page.contains("## Curve: read <at> random\n\n| bytes | stele |\n|---:|---:|\n| 64 B | 50.0 ns |\n"
                + "| 4 KiB | 300 ns |\n"), page);
        assertTrue(page.contains("| percentile | stele |\n|---:|---:|\n| 50 | 5.00 µs |\n"), page);
    }
}
