//! CLIENT HELP.

use crate::node::Call;

/// CLIENT HELP
pub fn help(call: &mut Call<'_, '_>) {
    ironkeep_commands::help::reply(&mut call.reply(), "CLIENT", LINES);
}

const LINES: &[&str] = &[
    "CAPA <capability> [<capability> ...]",
    "    Tell what this client can handle; known is:",
    "    * REDIRECT: being sent to another server.",
    "GETNAME",
    "    Return the name of this connection.",
    "ID",
    "    Return the number of this connection.",
    "IMPORT-SOURCE (ON|OFF)",
    "    Mark this connection as a source of data while the server is in import mode.",
    "INFO",
    "    Return a line about this connection.",
    "KILL <ip:port>",
    "    Close the connection from this address.",
    "KILL <filter> <value> [<filter> <value> ...]",
    "    Close all connections that pass all filters. This one is spared unless SKIPME is NO.",
    "LIST [<filter> <value> ...]",
    "    Return a line about each connection that passes all filters. Filters are:",
    "    * ID <client-id> [<client-id> ...]",
    "    * TYPE (NORMAL|PRIMARY|REPLICA|PUBSUB)",
    "    * USER <user>, NAME <name>, LIB-NAME <name>, LIB-VER <version>, CAPA <letters>",
    "    * ADDR <ip:port>, LADDR <ip:port>, IP <ip>, where the socket of the client is <path>:0 if it is local",
    "    * DB <index>, FLAGS <letters>",
    "    * MAXAGE <seconds>, IDLE <seconds>: at least so old, at least so long idle",
    "    * SKIPME (YES|NO)",
    "    All but MAXAGE, IDLE and SKIPME may have NOT- in front.",
    "NO-EVICT (ON|OFF)",
    "    Protect this connection from being closed when clients take too much memory.",
    "NO-TOUCH (ON|OFF)",
    "    Leave the age and the use of keys alone that this connection reads.",
    "PAUSE <milliseconds> [WRITE|ALL]",
    "    Have the commands of all clients wait, or only those that write.",
    "REPLY (ON|OFF|SKIP)",
    "    Choose whether this connection gets replies. SKIP leaves out the next.",
    "SETINFO <attribute> <value>",
    "    Tell about this client; attributes are LIB-NAME and LIB-VER.",
    "SETNAME <name>",
    "    Name this connection.",
    "UNBLOCK <client-id> [TIMEOUT|ERROR]",
    "    Wake a client that waits in a blocking command.",
    "UNPAUSE",
    "    End the pause of clients.",
];
