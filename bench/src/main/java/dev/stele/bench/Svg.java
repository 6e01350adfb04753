package dev.stele.bench;

import java.util.Locale;

/// Builds one inline SVG. Colours are classes of the page's style sheet, so that they follow light, dark and print.
final class Svg {
    private final StringBuilder out = new StringBuilder();

    Svg(int width, int height, String title) {
        out.append("<svg viewBox=\"0 0 ").append(width).append(' ').append(height).append("\" role=\"img\"><title>")
                .append(escape(title)).append("</title>\n");
    }

    Svg line(double x1, double y1, double x2, double y2, String style) {
        out.append(String.format(Locale.ROOT, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>%n",
                x1, y1, x2, y2, style));
        return this;
    }

    Svg circle(double x, double y, double radius, String style, String hint) {
        out.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"><title>%s"
                + "</title></circle>%n", x, y, radius, style, escape(hint)));
        return this;
    }

    /// @param anchor `start`, `middle` or `end`
    Svg text(double x, double y, String anchor, String style, String text) {
        out.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>%n",
                x, y, anchor, style, escape(text)));
        return this;
    }

    /// @param points x and y, alternating
    Svg path(double[] points, String style) {
        out.append("<path class=\"").append(style).append("\" d=\"");
        for (int i = 0; i < points.length; i += 2) {
            out.append(String.format(Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : " L", points[i], points[i + 1]));
        }
        out.append("\"/>\n");
        return this;
    }

    String end() {
        return out.append("</svg>\n").toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
