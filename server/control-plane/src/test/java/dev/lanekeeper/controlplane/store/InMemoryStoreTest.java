package dev.lanekeeper.controlplane.store;

import java.time.InstantSource;
import java.util.SplittableRandom;

class InMemoryStoreTest extends StoreConformance {

  private final Memory memory = new Memory();

  @Override
  Store open() {
    return new InMemoryStore(memory, InstantSource.system(), new SplittableRandom(1));
  }
}
