//! Text of lines `name:value`, in titled sections with a blank line between them.

use std::fmt::{Display, Write};

/// The text so far.
#[derive(Default)]
pub struct Lines(String);

impl Lines {
    /// Begins a section.
    pub fn begin(&mut self, title: &str) {
        if !self.0.is_empty() {
            self.0.push_str("\r\n");
        }
        self.text(format_args!("# {title}"));
    }

    /// Adds a line.
    pub fn add(&mut self, name: &str, value: impl Display) {
        self.text(format_args!("{name}:{value}"));
    }

    /// Adds a number with two digits after the point.
    pub fn add_two(&mut self, name: &str, value: f64) {
        self.text(format_args!("{name}:{value:.2}"));
    }

    /// Adds bytes, and a second line with them for people.
    pub fn add_bytes(&mut self, name: &str, bytes: u64) {
        self.add(name, bytes);
        self.text(format_args!("{name}_human:{}", human(bytes)));
    }

    /// Adds a line for each name, all with the same value.
    pub fn add_all(&mut self, names: &[&str], value: impl Display + Copy) {
        names.iter().for_each(|name| self.add(name, value));
    }

    fn text(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{line}\r\n");
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Bytes with a unit.
pub fn human(bytes: u64) -> String {
    const UNITS: [char; 5] = ['K', 'M', 'G', 'T', 'P'];
    if bytes < 1024 {
        return format!("{bytes}B");
    }
    let mut value = bytes as f64 / 1024.0;
    for unit in UNITS {
        if value < 1024.0 || unit == 'P' {
            return format!("{value:.2}{unit}");
        }
        value /= 1024.0;
    }
    format!("{bytes}B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_with_a_unit() {
        for (bytes, text) in
            [(0, "0B"), (1023, "1023B"), (1024, "1.00K"), (1_015_848, "992.04K"), (25_276_518_400, "23.54G")]
        {
            assert_eq!(human(bytes), text);
        }
    }

    #[test]
    fn sections_are_apart() {
        let mut lines = Lines::default();
        lines.begin("A");
        lines.add("x", 1);
        lines.begin("B");
        lines.add_bytes("y", 2048);
        assert_eq!(lines.into_text(), "# A\r\nx:1\r\n\r\n# B\r\ny:2048\r\ny_human:2.00K\r\n");
    }
}
