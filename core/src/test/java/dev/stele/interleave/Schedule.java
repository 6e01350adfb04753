package dev.stele.interleave;

/// Which task took each step, as text: `a3b12a1` is three steps of the first task, twelve of the second, one of the
/// first.
final class Schedule {
    private final StringBuilder tasks = new StringBuilder();

    static Schedule parse(String text) {
        Schedule schedule = new Schedule();
        for (int i = 0; i < text.length(); ) {
            int end = i + 1;
            while (end < text.length() && Character.isDigit(text.charAt(end))) {
                end++;
            }
            for (int n = Integer.parseInt(text.substring(i + 1, end)); n > 0; n--) {
                schedule.add(text.charAt(i) - 'a');
            }
            i = end;
        }
        return schedule;
    }

    void add(int task) {
        tasks.append((char) ('a' + task));
    }

    int length() {
        return tasks.length();
    }

    int task(int step) {
        return tasks.charAt(step) - 'a';
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tasks.length(); ) {
            int end = i;
            while (end < tasks.length() && tasks.charAt(end) == tasks.charAt(i)) {
                end++;
            }
            text.append(tasks.charAt(i)).append(end - i);
            i = end;
        }
        return text.toString();
    }
}
