package dev.doorward.agent.service;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many calls came, by service of the allow-table, and how many were refused before they reached
 * one, by reason. Grows with the file, not with what is asked for. Safe on any thread.
 */
public final class CallCounts {
  private final Map<ServiceName, LongAdder> begun = new ConcurrentHashMap<>();
  private final Map<Reason, LongAdder> refused = new ConcurrentHashMap<>();

  /** A call to a service that this agent has. */
  void begun(ServiceName service) {
    begun.computeIfAbsent(service, name -> new LongAdder()).increment();
  }

  /** A call that goes no further. */
  void refused(Reason reason) {
    refused.computeIfAbsent(reason, code -> new LongAdder()).increment();
  }

  /** Calls so far, by the service's name. */
  public Map<String, Long> begun() {
    Map<String, Long> all = new TreeMap<>();
    begun.forEach((service, count) -> all.put(service.value(), count.sum()));
    return all;
  }

  /** Refusals so far. */
  public Map<Reason, Long> refused() {
    Map<Reason, Long> all = new EnumMap<>(Reason.class);
    refused.forEach((reason, count) -> all.put(reason, count.sum()));
    return all;
  }
}
