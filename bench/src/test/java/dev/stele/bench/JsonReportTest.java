package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The shape that programs read.
class JsonReportTest {
    @Test
    void hasTheseMembersAndNoOthers() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("processor", "a \"quoted\" one");
        machine.put("processors", 2);
        RowResult row = new RowResult("read-4k", "ns/op", new Summary(250.5, 240, 300),
                Map.of("jdk-tmpfs", new Summary(800, 790, 1234567.25)),
                Map.of("jdk-tmpfs", new Summary(3.25, 3, 4)), new Costs(1, 0.5, 4096, 0),
                List.of(new Goal("jdk-tmpfs", 3)));
        assertEquals("""
                {
                  "machine": {"processor": "a \\"quoted\\" one", "processors": 2},
                  "results": [
                    {
                      "name": "read-4k",
                      "unit": "ns/op",
                      "stele": {"median": 250.50, "p10": 240, "p90": 300},
                      "peers": {
                        "jdk-tmpfs": {"median": 800, "p10": 790, "p90": 1234567.3}
                      },
                      "ratio": {"jdk-tmpfs": 3.2500},
                      "fences": 1,
                      "lines": 0.50000,
                      "ntBytes": 4096,
                      "allocatedBytes": 0
                    }
                  ]
                }
                """, JsonReport.of(machine, List.of(row)));
    }

    @Test
    void numbersAreNumbers() {
        assertEquals("null", JsonWriter.number(Double.NaN));
        assertEquals("0.012346", JsonWriter.number(0.0123456));
        assertEquals("12345.7", JsonWriter.number(12345.67));
        assertEquals("-3", JsonWriter.number(-3));
    }

    @Test
    void nothingMeasuredIsStillADocument() {
        assertEquals("{\n  \"machine\": {},\n  \"results\": []\n}\n", JsonReport.of(Map.of(), List.of()));
    }
}
