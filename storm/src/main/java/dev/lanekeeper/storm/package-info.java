/**
 * Real parts in a storm: a broker, control planes on PostgreSQL, consumers of a baseline and of tenants that are born and die, and
 * everything that can go wrong meanwhile. In the end there is an account of every message.
 *
 * <pre>
 *   Traffic --&gt; broker --&gt; Host (the library; baseline and tenants), Program (the agent) --&gt; journals --+
 *      stamps of edges                    |                                                             |
 *                                         +--&gt; quarantines, hand-over topics --------------------------+--&gt; Account
 *   Tenants --&gt; control planes --&gt; PostgreSQL --&gt; the log of revisions --&gt; History: whose is it? -------+
 *   Faults: kills, stops, restarts, cuts
 * </pre>
 *
 * <p>Whose a message is the account finds by itself, from the log of revisions as it stands in the database, and from the message as it
 * stands in its topic; what was done with it, from the journals of those who did it. Of the product it takes no word for either.
 *
 * <p><b>Threads.</b> Producers, the slots of tenants and the faults have their own; what they share is concurrent. The account is
 * made by one, in the end.
 */
@NullMarked
package dev.lanekeeper.storm;

import org.jspecify.annotations.NullMarked;
