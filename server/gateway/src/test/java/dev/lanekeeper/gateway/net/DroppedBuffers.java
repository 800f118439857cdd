package dev.lanekeeper.gateway.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails each test class of this module after which a buffer was dropped without being released: the memory of a gateway that does so ends
 * one day. At work in every class, by {@code META-INF/services}; Netty watches each buffer (paranoid).
 */
public final class DroppedBuffers implements AfterAllCallback {

  private static final List<String> FOUND = new CopyOnWriteArrayList<>();
  private static final int COLLECTIONS = 3;
  /** Netty looks for what was collected when a buffer is taken. */
  private static final int TAKEN = 64;

  /** What Netty makes by its name, which the build gives. */
  public static final class Detector<T> extends ResourceLeakDetector<T> {

    /** As Netty calls it. */
    public Detector(Class<?> type, int interval) {
      super(type, interval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String type, String records) {
      FOUND.add(type + records);
    }

    @Override
    protected void reportUntracedLeak(String type) {
      FOUND.add(type);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    look();
  }

  void look() throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Thread.sleep(20);
      for (int taken = 0; taken < TAKEN; taken++) {
        ByteBufAllocator.DEFAULT.buffer(1).release();
      }
    }
    if (!FOUND.isEmpty()) {
      List<String> found = List.copyOf(FOUND);
      FOUND.clear();
      throw new AssertionError("buffers that were never released: " + found.size() + ", such as " + found.getFirst());
    }
  }
}
