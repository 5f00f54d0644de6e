/** Kills of the processes of durable publish/subscribe, and the judgement of what came of it. */
package io.sluicemq.durable.kills;
