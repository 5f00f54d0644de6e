package io.sluicemq.integration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link OverAllTransports}; what takes several times as long over a transport is left to the long tier there. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag(Transports.TAG)
@ParameterizedTest(name = "{0}")
@MethodSource("io.sluicemq.integration.Transports#quick")
@interface OverQuickTransports {}
