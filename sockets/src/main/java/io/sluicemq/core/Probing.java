package io.sluicemq.core;

/** Sends each new peer a probe, and leaves everything else to the policy it stands before. */
final class Probing implements PipeObserver {
    private final PipeObserver next;

    Probing(final PipeObserver next) {
        this.next = next;
    }

    @Override
    public void onConnecting(final Pipe pipe) {
        next.onConnecting(pipe);
    }

    @Override
    public boolean offersOnAgent() {
        return true;
    }

    @Override
    public String onOpened(final Pipe pipe) {
        Probe.send(pipe);
        return next.onOpened(pipe);
    }

    @Override
    public void onLost(final Pipe pipe) {
        next.onLost(pipe);
    }

    @Override
    public void onClosed(final Pipe pipe) {
        next.onClosed(pipe);
    }
}
