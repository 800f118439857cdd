package dev.lanekeeper.boot;

import dev.lanekeeper.model.RouteSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Asynchronous calls of {@code java.net.http} that have to ask the control plane first: the caller gets a future at once,
 * and the call is sent when there is an answer.
 *
 * <p>Works by reflection, since the bootstrap loader does not see {@code java.net.http}.
 */
public final class LaterCalls {

  private LaterCalls() {}

  /**
   * What {@code sendAsync} returns instead of throwing.
   *
   * @param refused what was thrown
   * @param client the client
   * @param arguments of {@code sendAsync}
   */
  public static CompletableFuture<?> future(CallRefusedException refused, Object client, Object[] arguments) {
    if (!refused.isAnswerable()) {
      return CompletableFuture.failedFuture(refused);
    }
    try {
      Object[] kept = Arrays.copyOf(arguments, arguments.length);
      CompletableFuture<RouteSource.Answer> answer = Lanes.source().askLater(Lanes.patience()).toCompletableFuture();
      Supplier<CompletionStage<Object>> bound = Lanes.context().bound(() -> again(answer, client, kept));
      return answer.thenCompose(known -> bound.get());
    } catch (RuntimeException | Error failure) {
      Counters.failed("asynchronous call", failure);
      return CompletableFuture.failedFuture(refused);
    }
  }

  private static CompletionStage<Object> again(CompletableFuture<RouteSource.Answer> answer, Object client,
      Object[] arguments) {
    try {
      boolean answered = answer.join().answered();
      return JavaHttpCalls.decided(answered, () -> send(client, arguments));
    } catch (InvocationTargetException failure) {
      Throwable cause = failure.getCause();
      return CompletableFuture.failedFuture(cause == null ? failure : cause);
    } catch (Exception failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  @SuppressWarnings("unchecked")
  private static CompletionStage<Object> send(Object client, Object[] arguments) throws ReflectiveOperationException {
    Class<?> type = client.getClass();
    while (!type.getName().equals("java.net.http.HttpClient")) {
      type = type.getSuperclass();
    }
    for (Method method : type.getMethods()) {
      if (method.getName().equals("sendAsync") && method.getParameterCount() == arguments.length) {
        return (CompletionStage<Object>) method.invoke(client, arguments);
      }
    }
    throw new NoSuchMethodException("HttpClient.sendAsync with " + arguments.length + " arguments");
  }
}
