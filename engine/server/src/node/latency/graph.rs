//! LATENCY GRAPH: columns of four rows, labelled with how long ago each spike was.

use crate::latency::Series;

/// Characters in a row.
const WIDTH: usize = 80;
/// Rows of the graph; each has three levels.
const ROWS: usize = 4;
const LEVELS: [char; 3] = ['_', 'o', '#'];

/// Draws the spikes of an event.
pub fn draw(name: &str, series: &Series, now: i64) -> String {
    let millis = || series.samples.iter().map(|sample| sample.millis);
    let (low, high) = (millis().min().unwrap_or(0), millis().max().unwrap_or(0));
    let mut text = format!(
        "{name} - high {high} ms, low {low} ms (all time high {} ms)\n{}\n",
        series.max,
        "-".repeat(WIDTH)
    );
    for samples in series.samples.chunks(WIDTH) {
        let heights: Vec<usize> = samples.iter().map(|sample| height(sample.millis, low, high)).collect();
        for row in (0..ROWS).rev() {
            push_row(&mut text, heights.iter().map(|height| cell(*height, row)));
        }
        let labels: Vec<String> = samples.iter().map(|sample| ago(now - sample.seconds)).collect();
        let longest = labels.iter().map(String::len).max().unwrap_or(0);
        text.push('\n');
        for at in 0..longest {
            push_row(
                &mut text,
                labels.iter().map(|label| char::from(*label.as_bytes().get(at).unwrap_or(&b' '))),
            );
        }
        text.push('\n');
    }
    text
}

fn push_row(text: &mut String, cells: impl Iterator<Item = char>) {
    let row: String = cells.collect();
    text.push_str(row.trim_end());
    text.push('\n');
}

/// How many levels a column has, from one on.
fn height(millis: i64, low: i64, high: i64) -> usize {
    let most = (ROWS * LEVELS.len() - 1) as i64;
    1 + ((millis - low) * most).checked_div(high - low).unwrap_or(most) as usize
}

/// What a column shows in a row, counted from below.
fn cell(height: usize, row: usize) -> char {
    match height.saturating_sub(row * LEVELS.len()) {
        0 => ' ',
        // Below its top a column is filled.
        above if above > LEVELS.len() => '|',
        level => LEVELS[level - 1],
    }
}

fn ago(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::Latency;

    #[test]
    fn draws_columns_with_labels() {
        let latency = Latency::default();
        for (seconds, millis) in [(1000, 300), (1100, 400), (4700, 500)] {
            latency.add("command", seconds, millis);
        }
        let (name, series) = latency.event(b"command").unwrap();
        let text = draw(name, &series, 4701);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "command - high 500 ms, low 300 ms (all time high 500 ms)");
        assert_eq!(lines[2..], ["  #", "  |", " #|", "_||", "", "111", "hhs", ""]);
    }
}
