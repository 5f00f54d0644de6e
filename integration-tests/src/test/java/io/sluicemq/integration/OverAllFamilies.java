package io.sluicemq.integration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test of sockets that depends on addresses, so that it also runs over IPv6. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag(Transports.TAG)
@ParameterizedTest(name = "{0}")
@MethodSource("io.sluicemq.integration.Transports#allWithFamilies")
@interface OverAllFamilies {}
