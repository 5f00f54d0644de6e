package io.sluicemq;

/**
 * What a {@link Proxy} has carried.
 *
 * @param frontendMessages received from the frontend and sent to the backend.
 * @param frontendBytes of their frames.
 * @param backendMessages received from the backend and sent to the frontend.
 * @param backendBytes of their frames.
 */
public record ProxyStats(long frontendMessages, long frontendBytes, long backendMessages, long backendBytes) {}
