//! The commands that need the server around the keyspace: clients, configuration, threads, statistics.
//! The server crate matches on them exhaustively, so that a row without a function does not compile.

/// One command or sub-command of the server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// `AUTH`
    Auth,
    /// `ECHO`
    Echo,
    /// `HELLO`
    Hello,
    /// `PING`
    Ping,
    /// `QUIT`
    Quit,
    /// `RESET`
    Reset,
    /// `SELECT`
    Select,
    /// `SUBSCRIBE`
    Subscribe,
    /// `PSUBSCRIBE`
    PSubscribe,
    /// `SSUBSCRIBE`
    SSubscribe,
    /// `UNSUBSCRIBE`
    Unsubscribe,
    /// `PUNSUBSCRIBE`
    PUnsubscribe,
    /// `SUNSUBSCRIBE`
    SUnsubscribe,
    /// `PUBLISH`
    Publish,
    /// `SPUBLISH`
    SPublish,
    /// `PUBSUB CHANNELS`
    PubsubChannels,
    /// `PUBSUB HELP`
    PubsubHelp,
    /// `PUBSUB NUMPAT`
    PubsubNumPat,
    /// `PUBSUB NUMSUB`
    PubsubNumSub,
    /// `PUBSUB SHARDCHANNELS`
    PubsubShardChannels,
    /// `PUBSUB SHARDNUMSUB`
    PubsubShardNumSub,
    /// `CLIENT CAPA`
    ClientCapa,
    /// `CLIENT CACHING`
    ClientCaching,
    /// `CLIENT GETNAME`
    ClientGetName,
    /// `CLIENT GETREDIR`
    ClientGetRedir,
    /// `CLIENT HELP`
    ClientHelp,
    /// `CLIENT ID`
    ClientId,
    /// `CLIENT IMPORT-SOURCE`
    ClientImportSource,
    /// `CLIENT INFO`
    ClientInfo,
    /// `CLIENT KILL`
    ClientKill,
    /// `CLIENT LIST`
    ClientList,
    /// `CLIENT NO-EVICT`
    ClientNoEvict,
    /// `CLIENT NO-TOUCH`
    ClientNoTouch,
    /// `CLIENT PAUSE`
    ClientPause,
    /// `CLIENT REPLY`
    ClientReply,
    /// `CLIENT SETINFO`
    ClientSetInfo,
    /// `CLIENT SETNAME`
    ClientSetName,
    /// `CLIENT TRACKING`
    ClientTracking,
    /// `CLIENT TRACKINGINFO`
    ClientTrackingInfo,
    /// `CLIENT UNBLOCK`
    ClientUnblock,
    /// `CLIENT UNPAUSE`
    ClientUnpause,
    /// `DISCARD`
    Discard,
    /// `EXEC`
    Exec,
    /// `MULTI`
    Multi,
    /// `UNWATCH`
    Unwatch,
    /// `WATCH`
    Watch,
    /// `COMMAND`
    Command,
    /// `COMMAND COUNT`
    CommandCount,
    /// `COMMAND DOCS`
    CommandDocs,
    /// `COMMAND GETKEYS`
    CommandGetKeys,
    /// `COMMAND GETKEYSANDFLAGS`
    CommandGetKeysAndFlags,
    /// `COMMAND HELP`
    CommandHelp,
    /// `COMMAND INFO`
    CommandInfo,
    /// `COMMAND LIST`
    CommandList,
    /// `COMMANDLOG GET`
    CommandlogGet,
    /// `COMMANDLOG HELP`
    CommandlogHelp,
    /// `COMMANDLOG LEN`
    CommandlogLen,
    /// `COMMANDLOG RESET`
    CommandlogReset,
    /// `LATENCY DOCTOR`
    LatencyDoctor,
    /// `LATENCY GRAPH`
    LatencyGraph,
    /// `LATENCY HELP`
    LatencyHelp,
    /// `LATENCY HISTOGRAM`
    LatencyHistogram,
    /// `LATENCY HISTORY`
    LatencyHistory,
    /// `LATENCY LATEST`
    LatencyLatest,
    /// `LATENCY RESET`
    LatencyReset,
    /// `MEMORY DOCTOR`
    MemoryDoctor,
    /// `MEMORY HELP`
    MemoryHelp,
    /// `MEMORY MALLOC-STATS`
    MemoryMallocStats,
    /// `MEMORY PURGE`
    MemoryPurge,
    /// `MEMORY STATS`
    MemoryStats,
    /// `SLOWLOG GET`
    SlowlogGet,
    /// `SLOWLOG HELP`
    SlowlogHelp,
    /// `SLOWLOG LEN`
    SlowlogLen,
    /// `SLOWLOG RESET`
    SlowlogReset,
    /// `CONFIG GET`
    ConfigGet,
    /// `CONFIG HELP`
    ConfigHelp,
    /// `CONFIG RESETSTAT`
    ConfigResetStat,
    /// `CONFIG REWRITE`
    ConfigRewrite,
    /// `CONFIG SET`
    ConfigSet,
    /// `DBSIZE`
    DbSize,
    /// `DEBUG`
    Debug,
    /// `FLUSHALL`
    FlushAll,
    /// `FLUSHDB`
    FlushDb,
    /// `INFO`
    Info,
    /// `LOLWUT`
    Lolwut,
    /// `MONITOR`
    Monitor,
    /// `SHUTDOWN`
    Shutdown,
    /// `SWAPDB`
    SwapDb,
    /// `TIME`
    Time,
    /// `WAIT`
    Wait,
    /// `WAITAOF`
    WaitAof,
}
