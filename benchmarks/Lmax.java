// The topologies of these benchmarks on the LMAX Disruptor itself: java -cp disruptor.jar Lmax.java ROUNDS EVENTS
//
// Rule: each fold is compared with what it must be; a wrong one ends the process with a status that is not 0. A line is a
// topology, its batch, and the nanoseconds of each round; the WARM runs before are for the compiler.

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import com.lmax.disruptor.util.DaemonThreadFactory;
import java.util.concurrent.CountDownLatch;

public final class Lmax {
    static final int WARM = 3;
    static final int LARGE = 65_536, SMALL = 8_192, FIRST_B = 777;

    static final class Event {
        long a, b, left, right;
    }

    /** Adds up what `fold` makes of each event, and tells when the last one was there. */
    static final class Last implements EventHandler<Event> {
        interface Fold { long of(long total, Event event); }

        final Fold fold;
        final long count;
        final CountDownLatch done;
        long total;

        Last(Fold fold, long count, CountDownLatch done) {
            this.fold = fold;
            this.count = count;
            this.done = done;
        }

        @Override public void onEvent(Event event, long sequence, boolean end) {
            total = fold.of(total, event);
            if (sequence == count - 1) done.countDown();
        }
    }

    static void publish(RingBuffer<Event> ring, long events, int batch) {
        for (long at = 0; at < events; ) {
            int n = (int) Math.min(batch, events - at);
            long last = ring.next(n);
            for (long s = last - n + 1; s <= last; s++, at++) {
                Event event = ring.get(s);
                event.a = at;
                event.b = FIRST_B - at;
            }
            ring.publish(last - n + 1, last);
        }
    }

    static void expect(long found, long expected) {
        if (found != expected) throw new IllegalStateException(found + ", not " + expected);
    }

    static long run(String topology, int batch, long events) throws Exception {
        int producers = topology.equals("sequencer") ? 3 : 1;
        int size = producers == 1 && !topology.equals("unicast") ? SMALL : LARGE;
        Disruptor<Event> disruptor = new Disruptor<>(Event::new, size, DaemonThreadFactory.INSTANCE,
            producers == 1 ? ProducerType.SINGLE : ProducerType.MULTI, new BlockingWaitStrategy());
        long each = events / producers, all = each * producers, sum = producers * (each * (each - 1) / 2);
        CountDownLatch done = new CountDownLatch(topology.equals("multicast") ? 3 : 1);
        Last add = new Last((t, e) -> t + e.a, all, done);
        Last take = new Last((t, e) -> t - e.a, all, done), and = new Last((t, e) -> t & e.a, all, done);
        Last count = new Last((t, e) -> t + ((e.right & 4) == 4 ? 1 : 0), all, done);
        Last both = new Last((t, e) -> t + e.left * e.right, all, done);
        switch (topology) {
            case "unicast": case "sequencer": disruptor.handleEventsWith(add); break;
            case "multicast": disruptor.handleEventsWith(add, take, and); break;
            case "pipeline":
                disruptor.handleEventsWith((EventHandler<Event>) (e, s, end) -> e.left = e.a + e.b)
                    .then((EventHandler<Event>) (e, s, end) -> e.right = e.left + 3).then(count);
                break;
            default:
                disruptor.handleEventsWith((e, s, end) -> e.left = e.a % 3 == 0 ? 1 : 0,
                    (e, s, end) -> e.right = e.a % 5 == 0 ? 1 : 0).then(both);
        }
        RingBuffer<Event> ring = disruptor.start();
        Thread[] threads = new Thread[producers];
        for (int k = 0; k < producers; k++) threads[k] = new Thread(() -> publish(ring, each, batch));
        long begin = System.nanoTime();
        for (Thread thread : threads) thread.start();
        done.await();
        long nanoseconds = System.nanoTime() - begin;
        disruptor.shutdown();
        if (topology.equals("pipeline")) expect(count.total, ((FIRST_B + 3) & 4) == 4 ? all : 0);
        else if (topology.equals("diamond")) expect(both.total, (all + 14) / 15);
        else expect(add.total, sum);
        if (topology.equals("multicast")) { expect(take.total, -sum); expect(and.total, 0); }
        return nanoseconds;
    }

    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        long events = Long.parseLong(args[1]);
        for (String topology : new String[] {"unicast", "sequencer", "multicast", "pipeline", "diamond"})
            for (int batch : new int[] {1, 64}) {
                StringBuilder line = new StringBuilder(topology + " " + batch);
                for (int k = 0; k < WARM + rounds; k++) {
                    long nanoseconds = run(topology, batch, events);
                    if (k >= WARM) line.append(" ").append(nanoseconds);
                }
                System.out.println(line);
            }
    }
}
