package dev.lanekeeper.kafka;

import java.util.Collection;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Tells the gate which partitions came and went, and passes everything on. The application may still commit first. */
final class GateListener implements ConsumerRebalanceListener {

  private final ConsumerGate gate;
  private final @Nullable ConsumerRebalanceListener own;

  GateListener(ConsumerGate gate, @Nullable ConsumerRebalanceListener own) {
    this.gate = gate;
    this.own = own;
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    try {
      gate.beforeRevoked(partitions);
    } finally {
      goodbye(partitions);
    }
  }

  /** Whatever became of our commit: the application hears that they go. */
  private void goodbye(Collection<TopicPartition> partitions) {
    try {
      if (own != null) {
        own.onPartitionsRevoked(partitions);
      }
    } finally {
      gate.revoked(partitions);
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    gate.assigned(partitions);
    if (own != null) {
      own.onPartitionsAssigned(partitions);
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    try {
      if (own != null) {
        own.onPartitionsLost(partitions);
      }
    } finally {
      gate.revoked(partitions);
    }
  }
}
