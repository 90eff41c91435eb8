//! Random commands out of templates.
//!
//! A template is words with blanks between them: those in capitals stand for themselves, the others name a kind
//! of word (see [`Words`]). `[ a | b ]` is one of several or nothing, `( a | b )` one of several, `{ a }` is `a`
//! once to four times.

use super::random::Random;
use super::words::Words;

/// A command.
pub type Command = Vec<Vec<u8>>;

enum Part {
    Literal(String),
    Kind(String),
    Choice { optional: bool, of: Vec<Vec<Part>> },
    Repeat(Vec<Part>),
}

/// Templates and how often each is to be taken.
pub struct Grammar {
    templates: Vec<(usize, Vec<Part>)>,
    total: usize,
}

impl Grammar {
    /// Reads templates.
    pub fn new(templates: &[(usize, &str)]) -> Self {
        let total = templates.iter().map(|(weight, _)| weight).sum();
        let templates = templates.iter().map(|(weight, text)| (*weight, read(text))).collect();
        Self { templates, total }
    }

    /// A random command.
    pub fn command(&self, random: &mut Random, words: &Words) -> Command {
        let mut at = random.below(self.total);
        let mut command = Vec::new();
        for (weight, parts) in &self.templates {
            if at < *weight {
                fill(parts, random, words, &mut command);
                break;
            }
            at -= weight;
        }
        command
    }
}

fn read(text: &str) -> Vec<Part> {
    let spaced: String =
        text.chars().flat_map(|c| if "[](){}|".contains(c) { vec![' ', c, ' '] } else { vec![c] }).collect();
    let mut tokens = spaced.split_whitespace();
    let (mut all, end) = read_choices(&mut tokens);
    assert!(end.is_none() && all.len() == 1, "a template has brackets that do not match: {text}");
    all.remove(0)
}

/// Reads choices up to the closing bracket, and gives it.
fn read_choices<'a>(tokens: &mut impl Iterator<Item = &'a str>) -> (Vec<Vec<Part>>, Option<&'a str>) {
    let mut all = vec![Vec::new()];
    while let Some(token) = tokens.next() {
        let part = match token {
            "]" | ")" | "}" => return (all, Some(token)),
            "|" => {
                all.push(Vec::new());
                continue;
            }
            "[" | "(" => Part::Choice { optional: token == "[", of: read_choices(tokens).0 },
            "{" => Part::Repeat(read_choices(tokens).0.remove(0)),
            _ if token.chars().any(char::is_lowercase) => Part::Kind(token.into()),
            _ => Part::Literal(token.into()),
        };
        all.last_mut().unwrap().push(part);
    }
    (all, None)
}

fn fill(parts: &[Part], random: &mut Random, words: &Words, command: &mut Command) {
    for part in parts {
        match part {
            Part::Literal(text) => command.push(text.clone().into_bytes()),
            Part::Kind(kind) => command.push(words.word(kind, random)),
            Part::Choice { optional, of } => {
                if !optional || random.chance(40) {
                    let chosen: &Vec<Part> = random.pick(of);
                    fill(chosen, random, words, command);
                }
            }
            Part::Repeat(parts) => {
                for _ in 0..=random.below(4) {
                    fill(parts, random, words, command);
                }
            }
        }
    }
}
