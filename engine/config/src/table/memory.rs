//! Parameters of memory: how much of it, and what to give up when it runs out.

use crate::{
    choices,
    row::{INT_MAX, ULONG_MAX, int, memory, one_of, yes_no},
};

area! {
    first super::clients::NEXT;
    MAXMEMORY "maxmemory" => memory(0, ULONG_MAX, "0");
    MAXMEMORY_POLICY "maxmemory-policy" => one_of(choices::MAXMEMORY_POLICY, "noeviction");
    MAXMEMORY_SAMPLES "maxmemory-samples" => int(1, 64, "5");
    MAXMEMORY_EVICTION_TENACITY "maxmemory-eviction-tenacity" => int(0, 100, "10");
    LFU_LOG_FACTOR "lfu-log-factor" => int(0, INT_MAX, "10");
    LFU_DECAY_TIME "lfu-decay-time" => int(0, INT_MAX, "1");
    LAZYFREE_LAZY_EVICTION "lazyfree-lazy-eviction" => yes_no("yes");
    LAZYFREE_LAZY_EXPIRE "lazyfree-lazy-expire" => yes_no("yes");
    LAZYFREE_LAZY_SERVER_DEL "lazyfree-lazy-server-del" => yes_no("yes");
    LAZYFREE_LAZY_USER_DEL "lazyfree-lazy-user-del" => yes_no("yes");
    LAZYFREE_LAZY_USER_FLUSH "lazyfree-lazy-user-flush" => yes_no("yes");
    JEMALLOC_BG_THREAD "jemalloc-bg-thread" => yes_no("yes").quiet("allocator background threads");
}
