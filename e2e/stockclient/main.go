// Command stockclient writes to a cluster through go-redis with its defaults, as an application would, and afterwards
// reads back every write that was acknowledged.
//
// It takes the address, the kind of client, the key tags to write under (one worker each) and the rate of a worker; it
// writes until its standard input ends, then reads back, and prints one JSON object. It must not retry or reconnect by
// itself: what the library does at its defaults is what is measured.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// worker is what one writer saw.
type worker struct {
	acked  []int
	errors int
	first  string
	gap    time.Duration
}

// outcome is what is printed.
type outcome struct {
	Acked      int    `json:"acked"`
	Errors     int    `json:"errors"`
	FirstError string `json:"first_error"`
	GapMs      int64  `json:"gap_ms"`
	Lost       int    `json:"lost"`
	Unread     int    `json:"unread"`
	Span       string `json:"span"`
}

func main() {
	address := flag.String("address", "", "host:port of any node or of the service")
	cluster := flag.Bool("cluster", false, "use the cluster client")
	tags := flag.String("tags", "", "comma separated key tags, one worker each")
	prefix := flag.String("prefix", "stock", "what keys begin with")
	rate := flag.Int("rate", 150, "writes a second of each worker")
	flag.Parse()

	client := connect(*address, *cluster)
	defer client.Close()

	names := strings.Split(*tags, ",")
	workers := make([]worker, len(names))
	running, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	for i, tag := range names {
		group.Add(1)
		go func() {
			defer group.Done()
			write(running, client, *prefix, tag, time.Second/time.Duration(*rate), &workers[i])
		}()
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
	group.Wait()
	// What was lost is a question about the data: a client that begins anew answers it.
	reader := connect(*address, *cluster)
	defer reader.Close()
	_ = json.NewEncoder(os.Stdout).Encode(audit(reader, *prefix, names, workers))
}

// connect gives a client with all defaults.
func connect(address string, cluster bool) redis.UniversalClient {
	if cluster {
		return redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{address}})
	}
	return redis.NewClient(&redis.Options{Addr: address})
}

// write sends one numbered write at a time and notes those that were acknowledged and the longest time between two.
func write(running context.Context, client redis.UniversalClient, prefix, tag string, pace time.Duration, w *worker) {
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	last := time.Now()
	for n := 0; ; n++ {
		select {
		case <-running.Done():
			w.gap = max(w.gap, time.Since(last))
			return
		case <-ticker.C:
		}
		err := client.Set(running, key(prefix, tag, n), n, 0).Err()
		if err != nil && running.Err() != nil {
			// Cut off in the middle: neither acknowledged nor refused.
			continue
		}
		if err != nil {
			w.errors++
			if w.first == "" {
				w.first = err.Error()
			}
			continue
		}
		now := time.Now()
		w.gap = max(w.gap, now.Sub(last))
		last = now
		w.acked = append(w.acked, n)
	}
}

// audit reads back what was acknowledged. A read that fails is tried again for a while: what can't be read is told
// apart from what is lost.
func audit(client redis.UniversalClient, prefix string, tags []string, workers []worker) outcome {
	var sum outcome
	for i, w := range workers {
		sum.Acked += len(w.acked)
		sum.Errors += w.errors
		sum.GapMs = max(sum.GapMs, w.gap.Milliseconds())
		if sum.FirstError == "" {
			sum.FirstError = w.first
		}
		var lost []int
		for _, n := range w.acked {
			switch value, err := read(client, key(prefix, tags[i], n)); {
			case err != nil:
				sum.Unread++
			case value != fmt.Sprint(n):
				lost = append(lost, n)
			}
		}
		sum.Lost += len(lost)
		if len(lost) > 0 {
			last := w.acked[len(w.acked)-1]
			sum.Span += fmt.Sprintf("%s: %d between %d and %d of %d; ", tags[i], len(lost), lost[0], lost[len(lost)-1], last)
		}
	}
	return sum
}

func read(client redis.UniversalClient, key string) (string, error) {
	var err error
	for range 50 {
		var value string
		value, err = client.Get(context.Background(), key).Result()
		if err == nil || err == redis.Nil {
			return value, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return "", err
}

func key(prefix, tag string, n int) string {
	return fmt.Sprintf("%s:{%s}:%d", prefix, tag, n)
}
