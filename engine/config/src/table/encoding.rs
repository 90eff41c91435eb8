//! Parameters of encodings: up to which size a value is held in its compact form.

use crate::row::{INT_MAX, INT_MIN, LONG_MAX, int, memory};

area! {
    first super::keyspace::NEXT;
    HASH_MAX_LISTPACK_ENTRIES "hash-max-listpack-entries" =>
        int(0, LONG_MAX, "512").alias("hash-max-ziplist-entries");
    HASH_MAX_LISTPACK_VALUE "hash-max-listpack-value" =>
        memory(0, LONG_MAX, "64").alias("hash-max-ziplist-value");
    LIST_MAX_LISTPACK_SIZE "list-max-listpack-size" =>
        int(INT_MIN, INT_MAX, "-2").alias("list-max-ziplist-size");
    LIST_COMPRESS_DEPTH "list-compress-depth" => int(0, INT_MAX, "0").quiet("list compression");
    SET_MAX_INTSET_ENTRIES "set-max-intset-entries" => int(0, LONG_MAX, "512");
    SET_MAX_LISTPACK_ENTRIES "set-max-listpack-entries" => int(0, LONG_MAX, "128");
    SET_MAX_LISTPACK_VALUE "set-max-listpack-value" => int(0, LONG_MAX, "64");
    ZSET_MAX_LISTPACK_ENTRIES "zset-max-listpack-entries" =>
        int(0, LONG_MAX, "128").alias("zset-max-ziplist-entries");
    ZSET_MAX_LISTPACK_VALUE "zset-max-listpack-value" =>
        memory(0, LONG_MAX, "64").alias("zset-max-ziplist-value");
    HLL_SPARSE_MAX_BYTES "hll-sparse-max-bytes" => memory(0, LONG_MAX, "3000");
    STREAM_NODE_MAX_BYTES "stream-node-max-bytes" => memory(0, LONG_MAX, "4096");
    STREAM_NODE_MAX_ENTRIES "stream-node-max-entries" => int(0, LONG_MAX, "100");
}
