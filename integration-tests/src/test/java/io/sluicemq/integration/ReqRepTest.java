package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReqRepTest extends SocketTestBase {
    private static final SocketOptions QUICK = SocketOptions.builder()
            .reconnect(Duration.ofMillis(10), Duration.ZERO)
            .build();
    private static final ReqOptions RELAXED = ReqOptions.builder().relaxed(true).build();

    @OverAllTransports
    void shouldAskAndReplyInTurn(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);

        for (int i = 0; i < 100; i++) {
            req.send(Message.of("question", "" + i));
            assertThat(receiveFrames(rep)).containsExactly("question", "" + i);
            rep.send("answer " + i);
            assertThat(receiveFrames(req)).containsExactly("answer " + i);
        }
    }

    @OverAllTransports
    void shouldRefuseASecondRequestBeforeTheReply(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);
        req.send("first");

        assertThatThrownBy(() -> req.send("second"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("limit=1");

        assertThat(receiveText(rep)).isEqualTo("first");
        rep.send("reply");
        assertThat(receiveText(req)).isEqualTo("reply");
        assertThat(req.send("third")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(rep)).isEqualTo("third");
    }

    @OverAllTransports
    void shouldRefuseAReplyWithoutARequest(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);

        assertThatThrownBy(() -> rep.send("unasked"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("limit=one reply");
        req.send("a");
        receiveText(rep);
        rep.send("b");
        assertThatThrownBy(() -> rep.send("again")).isInstanceOf(IllegalStateException.class);
    }

    @OverAllTransports
    void shouldServeRequestersInTurn(final Medium medium) throws InterruptedException {
        final RepSocket rep = context.rep();
        final String endpoint = rep.bind(medium.fresh());
        final List<ReqSocket> reqs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            final ReqSocket req = context.req();
            req.connect(endpoint);
            awaitPeers(req, 1);
            req.send("q" + i);
            reqs.add(req);
        }
        for (int i = 0; i < 5; i++) {
            rep.send("re: " + receiveText(rep));
        }

        for (int i = 0; i < 5; i++) {
            assertThat(receiveText(reqs.get(i))).isEqualTo("re: q" + i);
        }
    }

    @OverAllTransports
    void shouldAskPeersInTurn(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RepSocket[] reps = {context.rep(), context.rep(), context.rep()};
        for (final RepSocket rep : reps) {
            req.connect(rep.bind(medium.fresh()));
        }
        awaitPeers(req, reps.length);

        for (int i = 0; i < 9; i++) {
            req.send("q" + i);
            assertThat(receiveText(reps[i % 3])).isEqualTo("q" + i);
            reps[i % 3].send("a" + i);
            assertThat(receiveText(req)).isEqualTo("a" + i);
        }
    }

    @OverAllTransports
    void shouldGiveUpOnAReplyInTimeAndAskAgain(final Medium medium) throws Exception {
        final ReqSocket req = context.req(QUICK, ReqOptions.DEFAULTS);
        final RepSocket rep = context.rep();
        join(medium, rep, req);

        for (int i = 0; i < 3; i++) {
            assertThat(req.request("slow", MOMENT)).isNull();
            final Request slow = rep.receiveRequest(LIMIT);
            assertThat(slow.text()).isEqualTo("slow");
            slow.reply("too late");
            final Future<Message> asking = start(() -> req.request("quick", LIMIT));
            final Request quick = rep.receiveRequest(LIMIT);
            assertThat(quick.text()).isEqualTo("quick");
            quick.reply("in time");

            assertThat(frames(get(asking))).containsExactly("in time");
        }
    }

    @OverAllTransports
    void shouldAskAgainAfterARequestThatIsNeverReplied(final Medium medium) throws Exception {
        final ReqSocket req = context.req(QUICK, ReqOptions.DEFAULTS);
        final RepSocket rep = context.rep();
        join(medium, rep, req);

        for (int i = 0; i < 3; i++) {
            assertThat(req.request("ignored", MOMENT)).isNull();
            assertThat(rep.receiveRequest(LIMIT).text()).isEqualTo("ignored");
            final Future<Message> asking = start(() -> req.request("served", LIMIT));
            rep.receiveRequest(LIMIT).reply("served");

            assertThat(frames(get(asking))).containsExactly("served");
        }
    }

    @OverAllTransports
    void shouldNotTakeTheReplyToAnEarlierRequestWhenRelaxed(final Medium medium) throws Exception {
        final ReqSocket req = context.req(QUICK, RELAXED);
        final RepSocket rep = context.rep();
        join(medium, rep, req);
        for (int i = 0; i < 5; i++) {
            final String old = "old" + i;
            req.send(old);
            assertThat(receiveText(rep)).isEqualTo(old);
            rep.send("reply to " + old);
            // Long enough for the reply to come in, which shall then be passed over.
            assertThat(req.awaitPeers(2, MOMENT)).isFalse();

            final String fresh = "new" + i;
            assertThat(req.send(fresh)).isEqualTo(SendResult.SENT);
            assertThat(receiveText(rep)).isEqualTo(fresh);
            rep.send("reply to " + fresh);

            assertThat(receiveText(req)).isEqualTo("reply to " + fresh);
        }
    }

    @OverAllTransports
    void shouldForgetARequestThatWaitedForAPeerInVain(final Medium medium) throws Exception {
        final String endpoint = medium.freshResolved();
        final ReqSocket req = context.req(QUICK, ReqOptions.DEFAULTS);
        req.connect(endpoint);
        for (int i = 0; i < 3; i++) {
            assertThat(req.request("in vain", MOMENT)).isNull();
        }
        final RepSocket rep = context.rep();
        rep.bind(endpoint);
        final Future<Message> asking = start(() -> req.request("at last", LIMIT));

        assertThat(receiveText(rep)).isEqualTo("at last");
        rep.send("reply");

        assertThat(frames(get(asking))).containsExactly("reply");
        assertThat(rep.peers()).hasSize(1);
        assertSilent(rep);
    }

    @OverAllTransports
    void shouldGiveUpWhereTheRequesterIsBound(final Medium medium) throws Exception {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep(QUICK);
        join(medium, req, rep);
        for (int i = 0; i < 3; i++) {
            assertThat(req.request("ignored", MOMENT)).isNull();
            assertThat(rep.receiveRequest(LIMIT).text()).isEqualTo("ignored");
            final Future<Message> asking = start(() -> req.request("served", LIMIT));
            rep.receiveRequest(LIMIT).reply("served");

            assertThat(frames(get(asking))).containsExactly("served");
        }
    }

    @OverAllTransports
    void shouldTellRepliesApartByNumberWhenCorrelated(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req(
                QUICK, ReqOptions.builder().relaxed(true).correlate(true).build());
        final RouterSocket router = context.router();
        join(medium, router, req);
        req.send("one");
        final Message one = router.receiveMessage(LIMIT);
        req.send("two");
        final Message two = router.receiveMessage(LIMIT);

        assertThat(one.frameCount()).isEqualTo(4);
        assertThat(one.frameLength(1)).isEqualTo(4);
        assertThat(one.frame(1)).isNotEqualTo(two.frame(1));
        assertThat(one.frameLength(2)).isZero();
        router.send(Message.of(one.frame(0), one.frame(1), new byte[0]).add("late"));
        router.send(Message.of(two.frame(0), new byte[0]).add("no number"));
        router.send(
                Message.of(two.frame(0), new byte[] {1, 2, 3, 4}, new byte[0]).add("wrong number"));
        router.send(Message.of(two.frame(0), two.frame(1)).add("no delimiter"));
        router.send(Message.of(two.frame(0), two.frame(1), new byte[0]).add("right"));

        assertThat(receiveFrames(req)).containsExactly("right");
    }

    @OverAllTransports
    void shouldIgnoreRepliesWithoutADelimiter(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RouterSocket router = context.router();
        join(medium, router, req);
        req.send("q");
        final byte[] id = router.receiveMessage(LIMIT).frame(0);

        router.send(Message.of(id).add("single"));
        router.send(Message.of(id).add("garbage").add("").add("body"));
        router.send(Message.of(id).add(""));
        router.send(Message.of(id).add("").add("good").add("reply"));

        assertThat(receiveFrames(req)).containsExactly("good", "reply");
    }

    @OverAllTransports
    void shouldIgnoreRequestsWithoutAnEnvelope(final Medium medium) throws InterruptedException {
        final RepSocket rep = context.rep();
        final DealerSocket dealer = context.dealer();
        join(medium, rep, dealer);

        dealer.send("no envelope");
        dealer.send(Message.of("no", "delimiter"));
        dealer.send(Message.of("only envelope", ""));
        dealer.send(Message.of("hop1", "hop2", "", "request", ""));

        assertThat(receiveFrames(rep)).containsExactly("request", "");
        rep.send(Message.of("re", "ply"));
        assertThat(receiveFrames(dealer)).containsExactly("hop1", "hop2", "", "re", "ply");
    }

    @OverAllTransports
    void shouldIgnoreWhatComesFromAPeerThatWasNotAsked(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RouterSocket asked = context.router();
        final RouterSocket other = context.router();
        join(medium, asked, req);
        req.connect(other.bind(medium.fresh()));
        awaitPeers(req, 2);
        req.send("to the first");
        final byte[] first = asked.receiveMessage(LIMIT).frame(0);
        asked.send(Message.of(first, new byte[0]).add("1"));
        assertThat(receiveText(req)).isEqualTo("1");
        req.send("to the other");
        final byte[] second = other.receiveMessage(LIMIT).frame(0);

        asked.send(Message.of(first, new byte[0]).add("unasked"));
        assertSilent(req);
        other.send(Message.of(second, new byte[0]).add("2"));

        assertThat(receiveText(req)).isEqualTo("2");
    }

    @OverAllTransports
    void shouldAskAnotherPeerWhenTheAskedOneIsGone(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req(QUICK, ReqOptions.DEFAULTS);
        final RepSocket gone = context.rep();
        join(medium, gone, req);
        req.send("lost");
        assertThat(receiveText(gone)).isEqualTo("lost");
        gone.close();
        Await.until(LIMIT, () -> req.peers().stream().noneMatch(peer -> peer.connected()), "peer is gone");
        req.disconnect(req.lastEndpoint());
        final RepSocket next = context.rep();
        req.connect(next.bind(medium.fresh()));

        assertThat(req.send("again")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(next)).isEqualTo("again");
        next.send("reply");

        assertThat(receiveText(req)).isEqualTo("reply");
    }

    @OverAllTransports
    void shouldTellThatARequesterIsGone(final Medium medium) throws InterruptedException {
        final RepSocket rep = context.rep();
        final ReqSocket req = context.req();
        join(medium, rep, req);
        req.send("q");
        final Request request = rep.receiveRequest(LIMIT);
        req.close();
        Await.until(LIMIT, () -> rep.peers().isEmpty(), "requester is gone");

        assertThat(request.reply("nobody")).isEqualTo(SendResult.UNROUTABLE);
        assertThatThrownBy(() -> request.reply("twice"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("replies=2");
    }

    @OverAllTransports
    void shouldServeOneRepByManyThreads(final Medium medium) throws Exception {
        final RepSocket rep = context.rep();
        final String endpoint = rep.bind(medium.fresh());
        final int clients = 4;
        final int each = 200;
        final List<Future<Integer>> servers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            servers.add(start(() -> {
                int served = 0;
                Request request = rep.receiveRequest();
                while (request != null) {
                    request.reply("re: " + request.text());
                    served++;
                    request = rep.receiveRequest();
                }
                return served;
            }));
        }
        final List<Future<Integer>> asking = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            final String name = "c" + i + "-";
            asking.add(start(() -> {
                try (ReqSocket req = context.req()) {
                    req.connect(endpoint);
                    int right = 0;
                    for (int n = 0; n < each; n++) {
                        final Message reply = req.request(name + n, LIMIT);
                        right += frames(reply).equals(List.of("re: " + name + n)) ? 1 : 0;
                    }
                    return right;
                }
            }));
        }

        for (final Future<Integer> client : asking) {
            assertThat(get(client)).isEqualTo(each);
        }
        rep.close();
        int served = 0;
        for (final Future<Integer> server : servers) {
            served += get(server);
        }
        assertThat(served).isEqualTo(clients * each);
    }

    @OverAllTransports
    void shouldPassThroughADeviceOfRouterAndDealer(final Medium medium) throws InterruptedException {
        final RouterSocket front = context.router();
        final DealerSocket back = context.dealer();
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, front, req);
        join(medium, back, rep);

        req.send(Message.of("a", "b"));
        back.send(front.receiveMessage(LIMIT));
        assertThat(receiveFrames(rep)).containsExactly("a", "b");
        rep.send("c");
        front.send(back.receiveMessage(LIMIT));

        assertThat(receiveFrames(req)).containsExactly("c");
    }

    @OverAllTransports
    void shouldAnnounceItselfByAProbe(final Medium medium) throws InterruptedException {
        final RouterSocket router = context.router();
        final ReqSocket req = context.req(
                SocketOptions.DEFAULTS, ReqOptions.builder().probe(true).build());

        join(medium, router, req);
        final Message probe = router.receiveMessage(LIMIT);

        assertThat(probe.frameCount()).isEqualTo(2);
        assertThat(probe.frameLength(1)).isZero();
        req.send("q");
        assertThat(router.receiveMessage(LIMIT).frame(0)).isEqualTo(probe.frame(0));
    }
}
