package dev.stele.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Rows of text in columns as wide as their widest cell; numbers stand to the right.
final class Table {
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] toTheRight;

    /// @param headings one for each column; a heading that starts with `>` makes its column stand to the right
    Table(String... headings) {
        toTheRight = new boolean[headings.length];
        String[] first = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            toTheRight[i] = headings[i].startsWith(">");
            first[i] = toTheRight[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(first);
    }

    void row(Object... cells) {
        String[] row = new String[toTheRight.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = String.valueOf(cells[i]);
        }
        rows.add(row);
    }

    void print(PrintStream out) {
        int[] widths = new int[toTheRight.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            if (!String.join("", row).isEmpty()) {
                out.println(line(row, widths));
            }
        }
    }

    private String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            int blanks = widths[i] - row[i].length();
            line.append(i == 0 ? "" : "  ");
            line.repeat(' ', toTheRight[i] ? blanks : 0).append(row[i]).repeat(' ', toTheRight[i] ? 0 : blanks);
        }
        return line.toString().stripTrailing();
    }
}
