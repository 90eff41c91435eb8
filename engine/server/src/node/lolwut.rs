//! LOLWUT: a picture and the version.
//!
//! A rampart whose towers differ from call to call. The version argument chooses how many towers there are.

use super::Call;
use crate::VALKEY_VERSION;
use ironkeep_config::param;
use ironkeep_wire::parse_i64;

/// Towers that fit in a line.
const MOST: i64 = 8;
/// The height of the highest tower.
const HIGH: usize = 8;

/// LOLWUT
pub fn lolwut(call: &mut Call<'_, '_>) {
    let mut towers = 5;
    if call.args.len() >= 3 && call.args.is(1, "version") {
        match parse_i64(call.args.at(2)) {
            Some(version) => towers = version.clamp(1, MOST),
            None => return call.fail("ERR value is not an integer or out of range"),
        }
    }
    let heights: Vec<usize> = (0..towers).map(|_| 3 + (call.lane.turn.random() % 6) as usize).collect();
    let mut text = rampart(&heights);
    let ironkeep = env!("CARGO_PKG_VERSION");
    let version = if call.lane.server.live.yes(param::EXTENDED_REDIS_COMPATIBILITY) {
        "Redis ver. 7.2.4".to_owned()
    } else {
        format!("Valkey ver. {VALKEY_VERSION}")
    };
    text.push_str(&format!("\nThe keep stands. Ironkeep ver. {ironkeep}, {version}\n"));
    call.reply().verbatim(*b"txt", text.as_bytes());
}

/// Towers of these heights with walls between them.
fn rampart(heights: &[usize]) -> String {
    let mut text = String::new();
    for row in (0..=HIGH).rev() {
        let mut line = String::new();
        for height in heights {
            line.push_str(match row {
                _ if row > *height => "       ",
                _ if row == *height => "n_n_n_n",
                0 => "|__| |_",
                _ if row == 2 => "| |_| |",
                _ if row + 1 == *height => "|  +  |",
                _ => "|     |",
            });
            line.push_str(match row {
                2 => "_n_n_",
                0 | 1 => "_____",
                _ => "     ",
            });
        }
        if !line.trim().is_empty() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_tower_gives_the_height() {
        assert_eq!(rampart(&[3, 5]).lines().count(), 6);
        assert!(rampart(&[8]).starts_with("n_n_n_n\n|  +  |\n"));
    }
}
