package dev.lanekeeper.gateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** grpc-java on both sides: unary calls, streams in each direction, trailers, and refusals that its client understands. */
class GrpcIT {

  private static final Metadata.Key<String> TENANCY = Metadata.Key.of("x-tenancy-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final MethodDescriptor<String, String> UNARY = method("unary", MethodDescriptor.MethodType.UNARY);
  private static final MethodDescriptor<String, String> BOTH =
      method("both", MethodDescriptor.MethodType.BIDI_STREAMING);

  private final List<Server> servers = new ArrayList<>();
  @SuppressWarnings("NullAway.Init") private GatewayFixture gateway;
  @SuppressWarnings("NullAway.Init") private ManagedChannel channel;

  private static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
    MethodDescriptor.Marshaller<String> text = new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(String value) {
        return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
      }

      @Override
      public String parse(InputStream stream) {
        try {
          return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
    return MethodDescriptor.<String, String>newBuilder(text, text).setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("echo.Echo", name)).build();
  }

  private String serve(String name) throws IOException {
    Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(ServerServiceDefinition.builder("echo.Echo")
            .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, response) -> unary(name, request, response)))
            .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(response -> new Echo(name, response))).build())
        .build().start();
    servers.add(server);
    return "http://127.0.0.1:" + server.getPort();
  }

  private static void unary(String name, String request, StreamObserver<String> response) {
    if (request.equals("fail")) {
      response.onError(Status.NOT_FOUND.withDescription("nothing here: " + name).asRuntimeException());
      return;
    }
    response.onNext(name + ": " + request);
    response.onCompleted();
  }

  private record Echo(String name, StreamObserver<String> response) implements StreamObserver<String> {

    @Override
    public void onNext(String value) {
      response.onNext(name + ": " + value);
    }

    @Override
    public void onError(Throwable broken) {
      response.onError(broken);
    }

    @Override
    public void onCompleted() {
      response.onCompleted();
    }
  }

  @BeforeEach
  void start() throws IOException {
    gateway = new GatewayFixture(serve("baseline"), serve("under test"), null);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", gateway.listen()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    gateway.close();
    servers.forEach(Server::shutdownNow);
  }

  private io.grpc.Channel tagged(@Nullable String tenancy) {
    Metadata headers = new Metadata();
    if (tenancy != null) {
      headers.put(TENANCY, tenancy);
    }
    return io.grpc.ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private String unary(@Nullable String tenancy, String request) {
    return ClientCalls.blockingUnaryCall(tagged(tenancy), UNARY,
        CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
        request);
  }

  @Test
  void unary_reachesItsOwner() {
    assertThat(unary(null, "x")).isEqualTo("baseline: x");
    assertThat(unary("123", "x")).isEqualTo("under test: x");
    assertThat(unary("123", "x".repeat(3_000_000))).hasSize(3_000_000 + "under test: ".length());
  }

  @Test
  void failure_comesWithItsStatus_inTrailers() {
    assertThatThrownBy(() -> unary("123", "fail")).isInstanceOfSatisfying(StatusRuntimeException.class, failed -> {
      assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(failed.getStatus().getDescription()).isEqualTo("nothing here: under test");
    });
  }

  @Test
  void refusal_isAStatusOfGrpc() {
    assertThatThrownBy(() -> unary("a//b", "x")).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(refused.getStatus().getDescription()).contains("tenancy-malformed");
    });
  }

  @Test
  void streams_bothWays_messageByMessage() throws InterruptedException {
    List<String> received = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    StreamObserver<String> requests = ClientCalls.asyncBidiStreamingCall(
        tagged("123").newCall(BOTH, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS)),
        new StreamObserver<>() {
          @Override
          public void onNext(String value) {
            received.add(value);
            first.countDown();
          }

          @Override
          public void onError(Throwable broken) {
            received.add(broken.toString());
            ended.countDown();
          }

          @Override
          public void onCompleted() {
            ended.countDown();
          }
        });
    requests.onNext("0");
    assertThat(first.await(10, TimeUnit.SECONDS)).as("answered while the request goes on").isTrue();
    for (int i = 1; i < 1_000; i++) {
      requests.onNext(Integer.toString(i));
    }
    requests.onCompleted();

    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(received).hasSize(1_000).startsWith("under test: 0", "under test: 1").endsWith("under test: 999");
  }
}
