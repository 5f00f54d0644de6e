package io.sluicemq.integration.robust;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test that runs once over each transport. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag(Endpoints.TAG)
@ParameterizedTest(name = "{0}")
@MethodSource("io.sluicemq.integration.robust.Endpoints#transports")
@interface OverTransports {}
