package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;

/** What belongs together in REQ and REP: a reply to its request, an exchange to its thread. */
@Timeout(60)
class ExchangeTest extends SocketTestBase {
    private static final SocketOptions QUICK = SocketOptions.builder()
            .reconnect(Duration.ofMillis(10), Duration.ZERO)
            .build();

    @OverAllTransports
    void shouldTakeAReplyThatCameBeforeItsPeerWent(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);
        req.send("question");
        assertThat(receiveText(rep)).isEqualTo("question");
        rep.send("last words");
        rep.close(LIMIT);
        awaitNobody(req);

        assertThat(receiveText(req)).isEqualTo("last words");
    }

    @OverAllTransports
    void shouldTakeAReplyOfAPeerThatHadConnectedAndWent(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, req, rep);
        req.send("question");
        assertThat(receiveText(rep)).isEqualTo("question");
        rep.send("last words");
        rep.close(LIMIT);
        awaitNobody(req);

        assertThat(receiveText(req)).isEqualTo("last words");
    }

    @OverAllTransports
    void shouldNotTakeTheReplyOfAGonePeerForThatToTheNextRequest(final Medium medium) throws InterruptedException {
        final ReqSocket req = context.req(QUICK, ReqOptions.DEFAULTS);
        final RepSocket gone = context.rep();
        final String endpoint = join(medium, gone, req);
        req.send("first");
        assertThat(receiveText(gone)).isEqualTo("first");
        gone.send("reply to the first");
        gone.close(LIMIT);
        awaitNobody(req);
        final RepSocket next = context.rep();
        next.bind(endpoint);
        awaitPeers(req, 1);

        assertThat(req.send("second")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(next)).isEqualTo("second");
        next.send("reply to the second");

        assertThat(receiveText(req)).isEqualTo("reply to the second");
    }

    @OverAllTransports
    void shouldRefuseAnotherThreadBetweenRequestAndReply(final Medium medium) throws Exception {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);
        req.send("question");

        assertRefused(() -> req.receiveMessage(LIMIT), "receive=by thread");
        assertRefused(() -> req.send("second"), "send=by thread");

        assertThat(receiveText(rep)).isEqualTo("question");
        assertRefused(() -> rep.send("stolen"), "send=by thread");
        assertRefused(() -> rep.receiveMessage(LIMIT), "receive=by thread");
        assertRefused(() -> rep.receiveRequest(LIMIT), "receive=by thread");
        rep.send("answer");
        assertThat(receiveText(req)).isEqualTo("answer");
    }

    @OverAllTransports
    void shouldLetAnyThreadBeginTheNextExchange(final Medium medium) throws Exception {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);

        for (int i = 0; i < 3; i++) {
            final Future<String> asking = start(() -> {
                req.send("question");
                return receiveText(req);
            });
            final Future<SendResult> replying = start(() -> {
                rep.receiveMessage(LIMIT);
                return rep.send("answer");
            });
            assertThat(get(replying)).isEqualTo(SendResult.SENT);
            assertThat(get(asking)).isEqualTo("answer");
        }
    }

    @OverAllTransports
    void shouldGoOnInAnotherThreadWhenTheFirstHasEnded(final Medium medium) throws Exception {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);
        inAThreadThatEnds(() -> req.send("question"));
        inAThreadThatEnds(() -> rep.receiveMessage(LIMIT));

        assertThat(rep.send("answer")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(req)).isEqualTo("answer");
    }

    @OverAllTransports
    void shouldLetManyThreadsAskInTurn(final Medium medium) throws Exception {
        final ReqSocket req = context.req();
        final RepSocket rep = context.rep();
        join(medium, rep, req);
        final int each = 100;
        final List<Future<Integer>> asking = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            final String name = "thread" + t + "-";
            asking.add(start(() -> {
                int right = 0;
                for (int i = 0; i < each; i++) {
                    final Message reply = req.request(name + i, LIMIT);
                    right += frames(reply).equals(List.of("re: " + name + i)) ? 1 : 0;
                }
                return right;
            }));
        }
        for (int i = 0; i < 4 * each; i++) {
            final Request request = rep.receiveRequest(LIMIT);
            request.reply("re: " + request.text());
        }

        for (final Future<Integer> thread : asking) {
            assertThat(get(thread)).isEqualTo(each);
        }
    }

    @OverAllTransports
    void shouldRefuseToBlockInsideAHandlerOfAnotherSocket(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        join(medium, pull, push);
        final RepSocket silent = context.rep();
        final PushSocket lonely = context.push();
        final List<String> refusals = new ArrayList<>();
        push.send("go");

        pull.receive(
                (buffer, offset, length, more) -> {
                    refusals.add(refusal(() -> silent.receiveMessage(LIMIT)));
                    refusals.add(refusal(() -> lonely.send(Message.of("x"), LIMIT)));
                    refusals.add(refusal(() -> lonely.awaitPeers(1, LIMIT)));
                    assertThat(silent.tryReceive(new Message())).isFalse();
                    assertThat(lonely.trySend(Message.of("x"))).isEqualTo(SendResult.NOT_CONNECTED);
                },
                1,
                LIMIT);

        assertThat(refusals).hasSize(3).allMatch(text -> text.contains("=inside a receive handler"));
    }

    private static String refusal(final Callable<?> call) {
        try {
            call.call();
            return "none";
        } catch (final IllegalStateException e) {
            return e.getMessage();
        } catch (final Exception e) {
            return e.toString();
        }
    }

    private static void inAThreadThatEnds(final Callable<?> task) throws InterruptedException {
        final FutureTask<?> future = new FutureTask<>(task);
        final Thread thread = new Thread(future, "short-lived");
        thread.start();
        thread.join(LIMIT.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    private void assertRefused(final Callable<?> call, final String words) {
        final Future<?> other = start(call);
        assertThatThrownBy(() -> get(other))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .rootCause()
                .hasMessageContaining(words);
    }

    private static void awaitNobody(final ReqSocket req) {
        Await.until(LIMIT, () -> req.peers().stream().noneMatch(peer -> peer.connected()), "peer is gone");
    }
}
