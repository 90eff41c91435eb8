//! DEBUG DIGEST and DIGEST-VALUE: the same hashes as a server of Valkey gives for the same data.
//!
//! Keys in any order give the same hash: each has a hash of its own, and these are joined by exclusive or.

use super::Call;
use super::sha1::sha1;
use ironkeep_commands::text::Text;
use ironkeep_keyspace::entry::EntryRef;
use ironkeep_keyspace::space::{Held, PARTITIONS};
use ironkeep_keyspace::table::Table;

/// The number of the type string.
const STRING: u32 = 0;

/// A hash that takes in one thing after the other.
#[derive(Default)]
struct Digest([u8; 20]);

impl Digest {
    /// Takes something in; in which order makes no difference.
    fn join(&mut self, bytes: &[u8]) {
        self.join_hash(sha1(bytes));
    }

    fn join_hash(&mut self, hash: [u8; 20]) {
        self.0.iter_mut().zip(hash).for_each(|(byte, other)| *byte ^= other);
    }

    /// Takes something in; the order makes a difference.
    fn follow(&mut self, bytes: &[u8]) {
        self.join(bytes);
        self.0 = sha1(&self.0);
    }

    /// Takes in a value: its type, its contents, whether it expires.
    fn follow_value(&mut self, entry: EntryRef<'_>) {
        self.follow(&STRING.to_be_bytes());
        let expires = entry.expiry().is_some();
        if let Ok(text) = Text::of(entry.into_value()) {
            text.with(|bytes| self.follow(bytes));
        }
        if expires {
            self.join(b"!!expire!!");
        }
    }

    fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// DEBUG DIGEST
pub(super) fn all(call: &mut Call<'_, '_>) {
    let server = std::sync::Arc::clone(&call.lane.server);
    let digest =
        if call.held.is_none() { digest_of(&mut Held::all(&server.space)) } else { digest_of(call.held) };
    call.reply().simple(digest.hex());
}

fn digest_of(held: &mut Held<'_>) -> Digest {
    let mut digest = Digest::default();
    for db in 0..held.space().databases() {
        add_database(&mut digest, held, db);
    }
    digest
}

fn add_database(digest: &mut Digest, held: &mut Held<'_>, db: u32) {
    let partitions = || 0..PARTITIONS as u16;
    if partitions().all(|p| held.partition(p).tables(db).iter().all(Table::is_empty)) {
        return;
    }
    digest.follow(&db.to_be_bytes());
    for p in partitions() {
        for entry in held.partition(p).tables(db).iter().flat_map(Table::entries) {
            let mut of_key = Digest::default();
            of_key.follow(entry.key());
            of_key.follow_value(entry);
            digest.join(&of_key.0);
        }
    }
}

/// DEBUG DIGEST-VALUE
pub(super) fn values(call: &mut Call<'_, '_>) {
    let db = call.conn.db;
    let mut digests = Vec::new();
    for name in call.args.iter().skip(2) {
        let key = call.held.space().key(name);
        let mut digest = Digest::default();
        call.held.visit(key.partition, |part| {
            let table = part.table(db, &key);
            if let Some(place) = table.find(key.hash, name) {
                digest.follow_value(table.at(place));
            }
        });
        digests.push(digest.hex());
    }
    let mut reply = call.reply();
    reply.array_len(digests.len());
    digests.iter().for_each(|digest| reply.simple(digest));
}
