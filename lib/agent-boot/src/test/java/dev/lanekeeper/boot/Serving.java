package dev.lanekeeper.boot;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request. */
class Serving implements ContextSource {
  private final Carried request;
  private @Nullable Stamp settled;

  Serving(Carried request) {
    this.request = request;
  }

  @Override
  public Carried current() {
    return request;
  }

  @Override
  public Stamp settle(Tag tag, Stamp stamp) {
    if (!tag.equals(request.tag())) {
      return stamp;
    }
    settled = settled == null ? stamp : settled;
    return settled;
  }

  @Override
  public <T> Supplier<T> bound(Supplier<T> action) {
    return action;
  }

  @Override
  public Object here() {
    return this;
  }

  @Override
  public Served serve(Carried carried) {
    throw new AssertionError("one request, and no messages");
  }

  @Override
  public void backTo(Object here) {
    throw new AssertionError("one request, and no messages");
  }
}
