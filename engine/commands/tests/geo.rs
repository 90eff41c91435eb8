//! Places on the earth: replies, errors and effects, as Valkey 9.1 gives them.

mod common;

use common::Rig;

const SYNTAX: &str = "-ERR syntax error";
const PALERMO: &str = "13.36138933897018433 38.11555639549629859";

fn sicily() -> Rig {
    let mut rig = Rig::new();
    rig.run("GEOADD Sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania");
    rig.run("SET s x");
    rig
}

#[test]
fn places() {
    let mut rig = sicily();
    let palermo = PALERMO.replace(' ', "|$20|");
    rig.check("GEOADD Sicily CH 13.361389 38.115556 Palermo", ":0", &[]);
    rig.check("GEOADD new nx 13.361389 38.115556 a", ":1", &["ZADD new nx 3479099956230698 a"]);
    rig.replies(&[
        ("GEOPOS Sicily Palermo x", &*format!("*2|*2|$20|{palermo}|*-1")),
        ("GEOPOS nothing x", "*1|*-1"),
        ("GEOHASH Sicily Palermo Catania x", "*3|$11|sqc8b49rny0|$11|sqdtr74hyu0|$-1"),
        ("GEODIST Sicily Palermo Catania", "$11|166274.1516"),
        ("GEODIST Sicily Palermo Catania KM", "$8|166.2742"),
        ("GEODIST Sicily Palermo x", "$-1"),
        ("GEODIST Sicily Palermo Catania yd", "-ERR unsupported unit provided. please use M, KM, FT, MI"),
        ("GEODIST Sicily Palermo Catania m m", SYNTAX),
        ("GEOADD g 1 2", "-ERR wrong number of arguments for 'geoadd' command"),
        ("GEOADD g 1 2 a 3", SYNTAX),
        ("GEOADD g XX NX 1 2 a", SYNTAX),
        ("GEOADD g 200 100 a", "-ERR invalid longitude,latitude pair 200.000000,100.000000"),
        ("GEOADD g x 100 a", "-ERR value is not a valid float"),
        ("GEOADD s 1 1 a", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ]);
}

#[test]
fn searches() {
    let mut rig = sicily();
    let hash = "$7|Palermo|$8|190.4424|:3479099956230698";
    rig.replies(&[
        ("GEORADIUS Sicily 15 37 200 km", "*2|$7|Palermo|$7|Catania"),
        ("GEORADIUS Sicily 15 37 200 km ASC COUNT 1", "*1|$7|Catania"),
        ("GEORADIUS Sicily 15 37 200 km WITHDIST WITHHASH DESC COUNT 1", &*format!("*1|*3|{hash}")),
        ("GEORADIUSBYMEMBER Sicily Palermo 100 km", "*1|$7|Palermo"),
        ("GEORADIUS_RO Sicily 15 37 100 km", "*1|$7|Catania"),
        ("GEORADIUSBYMEMBER_RO nothing x y z", "*0"),
        ("GEOSEARCH Sicily FROMLONLAT 15 37 BYBOX 400 400 km ASC", "*2|$7|Catania|$7|Palermo"),
        ("GEOSEARCH Sicily FROMMEMBER Palermo BYRADIUS 100 km ASC", "*1|$7|Palermo"),
        ("GEOSEARCH Sicily BYPOLYGON 3 13 38 14 38 13.3 39", "*1|$7|Palermo"),
        ("GEOSEARCH nothing FROMMEMBER Palermo BYRADIUS 100 km", "*0"),
    ]);
}

#[test]
fn what_cannot_be_searched() {
    let mut rig = sicily();
    for (line, reply) in [
        ("GEORADIUS Sicily 15 37 -1 km", "-ERR radius cannot be negative"),
        ("GEORADIUS Sicily 15 37 x km", "-ERR need numeric radius"),
        ("GEORADIUS Sicily 15 37 1 km ANY", "-ERR the ANY argument requires COUNT argument"),
        ("GEORADIUS Sicily 15 37 1 km COUNT 0", "-ERR COUNT must be > 0"),
        ("GEORADIUS_RO Sicily 15 37 1 km STORE x", SYNTAX),
        (
            "GEORADIUS Sicily 15 37 1 km STORE x WITHDIST",
            "-ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
        ),
        ("GEORADIUSBYMEMBER Sicily x 1 km", "-ERR member x does not exist"),
        (
            "geosearch Sicily BYRADIUS 1 km ASC COUNT 1",
            "-ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for geosearch",
        ),
        (
            "GEOSEARCH Sicily FROMLONLAT 1 1 ASC COUNT 1",
            "-ERR exactly one of BYRADIUS, BYBOX and BYPOLYGON can be specified for GEOSEARCH",
        ),
        ("GEOSEARCH Sicily FROMLONLAT 1 1 FROMMEMBER Palermo", SYNTAX),
        ("GEOSEARCH Sicily FROMLONLAT 1 1 BYBOX -1 1 km", "-ERR height or width cannot be negative"),
        (
            "GEOSEARCH Sicily BYPOLYGON 2 1 1 2 2 ASC",
            "-ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
        ),
        ("GEOSEARCH Sicily BYPOLYGON x 1 1 2 2 ASC", "-ERR invalid number of vertices"),
        ("GEOSEARCH s x x x x x", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
    ] {
        rig.check(line, reply, &[]);
    }
}

#[test]
fn storing() {
    let mut rig = sicily();
    let line = "GEOSEARCHSTORE to Sicily FROMLONLAT 15 37 BYRADIUS 200 km STOREDIST";
    rig.check(line, ":2", &[line]);
    assert_eq!(rig.turn.dirty, 2);
    assert!(rig.run("ZSCORE to Catania").ends_with("|56.4412578701582"));
    // The last key to store in is the one; the others are not touched.
    let line = "GEORADIUS Sicily 15 37 100 km STOREDIST to STORE s";
    rig.check(line, ":1", &[line]);
    rig.replies(&[("ZCARD to", ":2"), ("ZRANGE s 0 -1", "*1|$7|Catania")]);
    let line = "GEORADIUS nothing 15 37 100 km STORE s";
    rig.check(line, ":0", &[line]);
    rig.check(line, ":0", &[]);
    // All around the world cells come twice, what is stored does not.
    rig.run("GEOADD poles 0 85 north 0 -85 south 179.9 0 east -179.9 0 west");
    assert_eq!(rig.run("GEOSEARCHSTORE to poles FROMLONLAT 0 0 BYRADIUS 50000 km"), ":4");
}
